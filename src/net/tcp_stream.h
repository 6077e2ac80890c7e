// A Stream over a TCP socket, with TLS directly on it once started.
#pragma once

#include <memory>

#include "net/stream.h"

namespace posthorn::net {

/// Takes over `fd`, a connected non-blocking TCP socket; all of the stream's life is on `executor`'s thread.
std::unique_ptr<Stream> make_tcp_stream(const Executor& executor, int fd);

/// Connects to `peer`. Lost(timeout) at `deadline`, Lost(closed) when refused or unreachable.
Task<std::unique_ptr<Stream>> connect(Endpoint peer, SteadyTime deadline);

}  // namespace posthorn::net
