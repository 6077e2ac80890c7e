// Connecting to other servers by name.
#pragma once

#include <memory>
#include <string>

#include "net/offload.h"
#include "net/stream.h"

namespace posthorn::net {

/// Connects to `host` (a name, or an IP address as text) by TCP: its addresses one after the other, as the system's
/// resolver gives them (getaddrinfo, on `offload`, which outlives the resolver's patience), until one answers; each
/// gets its share of the time left. Lost(closed) where there is none or none answers, Lost(timeout) at `deadline`.
Task<std::unique_ptr<Stream>> connect_to(std::string host, std::uint16_t port, Offload* offload, SteadyTime deadline);

}  // namespace posthorn::net
