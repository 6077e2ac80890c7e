// Connections that a load balancer hands on: the session sees whom it speaks for.
#pragma once

#include <vector>

#include "net/server.h"

namespace posthorn::net {

/// Serves connections that come from one of `trusted` and begin with a header of the PROXY protocol, version 2, before
/// anything else (TLS as well); Stream::peer() and local() are then those of the header. Any other connection is closed
/// at once: to guess would let anybody take any name.
Serve behind_proxy(Serve serve, std::vector<IpNetwork> trusted);

}  // namespace posthorn::net
