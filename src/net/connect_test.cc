#include "net/connect.h"

#include <doctest/doctest.h>

#include "net/run_for_test.h"
#include "net/server.h"

using namespace posthorn;
using namespace std::chrono_literals;
using net::Stream;
using net::Task;

namespace {

Task<> greet(Stream* stream) {
  co_await stream->write("hello");
  co_await stream->finish();
}

Task<std::string> first_words(std::string host, std::uint16_t port, net::Offload* offload, Duration patience) {
  try {
    const auto stream = co_await net::connect_to(host, port, offload, steady_now() + patience);
    stream->set_timeout(5s);
    char bytes[5];
    const auto n = co_await stream->read_some(bytes, sizeof bytes);
    co_return std::string(bytes, n);
  } catch (const net::Lost& lost) {
    co_return std::string(name_of(lost.code()));
  }
}

}  // namespace

TEST_CASE("connect: by name and by address, or in words why not") {
  net::IoThreads threads(1);
  net::Server server(&threads, 10);
  const auto at = server.listen({net::IpAddress::v4({127, 0, 0, 1}), 0}, greet);
  REQUIRE(at);
  boost::asio::io_context context(1);
  net::Offload offload(1);
  const auto words = [&](const std::string& host, std::uint16_t port, Duration patience = 5s) {
    return net::result_for_test(context, first_words(host, port, &offload, patience));
  };
  CHECK(words("127.0.0.1", at->port) == "hello");
  CHECK(words("localhost", at->port) == "hello");  // also where ::1 comes first and refuses
  CHECK(words("no-such-host.invalid", at->port) == "closed");
  CHECK(words("127.0.0.1", 1) == "closed");
  // A lookup that nobody waits for any more does no harm.
  offload.post([] { std::this_thread::sleep_for(50ms); });
  CHECK(words("localhost", at->port, 1ms) == "timeout");
  server.stop(1s);
}
