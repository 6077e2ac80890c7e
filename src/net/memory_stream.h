// A pair of Streams connected in memory, for tests and in-process clients.
#pragma once

#include <memory>
#include <utility>

#include "net/stream.h"

namespace posthorn::net {

struct MemoryPairOptions {
  /// The second end gets the first's bytes one at a time, and must wait between them.
  bool drip = false;
  /// Bytes on the way in each direction, before the writer must wait.
  std::size_t capacity = 64 * 1024;
  Endpoint first_address = {IpAddress::v4({192, 0, 2, 1}), 40000};
  Endpoint second_address = {IpAddress::v4({192, 0, 2, 2}), 25};
};

/// Two ends on one executor; what is written into one is read from the other. TLS works as over TCP.
std::pair<std::unique_ptr<Stream>, std::unique_ptr<Stream>> make_memory_pair(const Executor& executor,
                                                                             MemoryPairOptions options = {});

}  // namespace posthorn::net
