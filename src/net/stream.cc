#include "net/stream.h"

#include "base/log.h"

namespace posthorn::net {

Task<std::size_t> Stream::read_some(char* into, std::size_t n) {
  while (true) {
    const std::size_t got = try_read(into, n);
    if (got != kWouldBlock) co_return got;
    co_await wait_readable();
  }
}

Task<> Stream::write(const char* from, std::size_t n) {
  while (n > 0) {
    const std::size_t put = try_write(from, n);
    if (put == kWouldBlock) {
      co_await wait_writable();
      continue;
    }
    from += put;
    n -= put;
  }
}

Task<> Stream::write(std::string bytes) { co_await write(bytes.data(), bytes.size()); }

Task<> Stream::finish(Duration at_most) {
  constexpr std::size_t kMostDrained = 1024 * 1024;
  try {
    shutdown_write();
    set_timeout(at_most);
    char dropped[1024];
    for (std::size_t total = 0; total < kMostDrained;) {
      const std::size_t got = co_await read_some(dropped, sizeof dropped);
      if (got == 0) break;
      total += got;
    }
  } catch (...) {
    log::Line(log::debug, "net", "finish.cut").with("why", why_ended().text);
  }
  close();
}

void Stream::ask_to_end() {
  asked_to_end_ = true;
  waker()();
}

}  // namespace posthorn::net
