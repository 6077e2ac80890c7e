// The sockets of every listener, bound before the program gives up what it may.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "net/server.h"
#include "posthorn/config.h"

namespace posthorn::program {

/// By the keys of [listen].
using BoundListeners = std::map<std::string, std::vector<net::BoundSocket>>;

/// Binds all that the configuration names. Errors: already_exists, where the ports are taken by a server with the same
/// store; else io.
Result<BoundListeners> bind_listeners(const Config& config);

}  // namespace posthorn::program
