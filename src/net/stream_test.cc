#include "net/stream.h"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <boost/asio/detached.hpp>
#include <cstring>
#include <latch>

#include "base/log.h"
#include "net/line_reader.h"
#include "net/memory_stream.h"
#include "net/offload.h"
#include "net/run_for_test.h"
#include "net/server.h"
#include "net/task_group.h"
#include "net/tcp_stream.h"
#include "net/timer.h"

using namespace posthorn;
using namespace std::chrono_literals;
using net::Endpoint;
using net::Executor;
using net::IpAddress;
using net::Stream;
using net::Task;

namespace {

const Endpoint kLoopback{IpAddress::v4({127, 0, 0, 1}), 0};

Task<> echo(Stream* stream) {
  char bytes[100];
  while (const std::size_t got = co_await stream->read_some(bytes, sizeof bytes)) co_await stream->write(bytes, got);
  stream->shutdown_write();
}

Task<> until_asked(Stream* stream) {
  stream->set_timeout(1h);
  char bytes[10];
  while (!stream->is_asked_to_end()) {
    if (co_await stream->wait_readable() == net::Wake::readable) stream->try_read(bytes, sizeof bytes);
  }
  co_await stream->write(std::string("bye\r\n"));
  co_await stream->finish();
}

Task<> deaf(Stream* stream) {
  stream->set_timeout(1h);
  char bytes[10];
  while (co_await stream->read_some(bytes, sizeof bytes) > 0) {
  }
}

Task<> read_to_end(std::unique_ptr<Stream>* stream, std::string* into) {
  net::LineReader reader(stream->get(), 100);
  while (true) {
    const auto line = co_await reader.read_line();
    *into += line.text;
    if (line.end == net::Line::End::eof) co_return;
  }
}

Task<> open(Endpoint at, std::unique_ptr<Stream>* into) { *into = co_await net::connect(at, steady_now() + 5s); }

Task<> close_it(std::unique_ptr<Stream>* stream) {
  stream->reset();
  co_return;
}

Code code_of_wait(Stream* stream, TurnedClock* clock, Duration timeout) {
  Code code = Code::internal;
  struct Body {
    static Task<> wait(Stream* s, Code* out) {
      try {
        char byte;
        co_await s->read_some(&byte, 1);
        *out = Code::already_exists;
      } catch (...) {
        *out = net::why_ended().code;
      }
    }
    static Task<> turn(TurnedClock* c, Duration by) {
      c->advance(by);
      co_return;
    }
  };
  stream->set_timeout(timeout);
  auto& context =
      static_cast<boost::asio::io_context&>(boost::asio::query(stream->executor(), boost::asio::execution::context));
  boost::asio::co_spawn(context, Body::wait(stream, &code), boost::asio::detached);
  boost::asio::co_spawn(context, Body::turn(clock, timeout), boost::asio::detached);
  context.restart();
  while (code == Code::internal && context.run_one() > 0) {
  }
  return code;
}

}  // namespace

TEST_CASE("address: what is printed is parsed") {
  for (const char* text : {"192.0.2.1:25", "[2001:db8::1]:65535", "[::]:0"})
    CHECK(Endpoint::parse(text)->text() == text);
  for (const char* text : {"192.0.2.1", "2001:db8::1", "[192.0.2.1]:25", "192.0.2.01:25", "1.2.3:4", "[::1]:70000", ""})
    CHECK_FALSE(Endpoint::parse(text));
  CHECK(IpAddress::parse("::ffff:192.0.2.1")->text() == "192.0.2.1");
  CHECK(IpAddress::parse("::1")->is_loopback());
  CHECK(IpAddress::parse("127.9.9.9")->is_loopback());
  CHECK_FALSE(IpAddress::parse("::2")->is_loopback());
}

TEST_CASE("timers fire when the clock is turned") {
  TurnedClock clock(from_seconds(1'000'000));
  boost::asio::io_context context(1);
  auto [client, server] = net::make_memory_pair(context.get_executor());
  CHECK(code_of_wait(server.get(), &clock, 5min) == Code::timeout);
}

TEST_CASE("tcp: a deadline moved out holds, and then ends the wait") {
  TurnedClock clock(from_seconds(1'000'000));
  net::IoThreads threads(1);
  net::Server server(&threads, 100);
  const auto at = server.listen(kLoopback, deaf);
  REQUIRE(at);
  boost::asio::io_context context(1);
  std::unique_ptr<Stream> client;
  boost::asio::co_spawn(context, open(*at, &client), boost::asio::detached);
  while (!client && context.run_one() > 0) {
  }
  CHECK(code_of_wait(client.get(), &clock, 1min) == Code::timeout);
  CHECK(code_of_wait(client.get(), &clock, 10min) == Code::timeout);
  client.reset();
  server.stop(1s);
}

TEST_CASE("server: many connections at once over several threads, both families") {
  net::IoThreads threads(2);
  net::Server server(&threads, 10000);
  struct Body {
    static Task<> run(Endpoint to) {
      std::vector<std::unique_ptr<Stream>> streams(50);
      for (auto& stream : streams) stream = co_await net::connect(to, steady_now() + 5s);
      for (auto& stream : streams) co_await stream->write(std::string("hello"));
      for (auto& stream : streams) {
        char bytes[5];
        std::size_t got = 0;
        while (got < 5) got += co_await stream->read_some(bytes + got, 5 - got);
        CHECK(std::memcmp(bytes, "hello", 5) == 0);
        CHECK(stream->peer() == to);
      }
    }
  };
  for (const Endpoint& from : {kLoopback, Endpoint{*IpAddress::parse("::1"), 0}}) {
    const auto at = server.listen(from, echo);
    REQUIRE(at);
    net::run_for_test([&](const Executor&) { return Body::run(*at); });
    CHECK_FALSE(server.listen(*at, echo));
  }
  server.stop(1s);
  CHECK(server.connections() == 0);
}

TEST_CASE("server: stop lets sessions say goodbye and cancels the deaf") {
  net::IoThreads threads(2);
  net::Server server(&threads, 100);
  const auto polite = server.listen(kLoopback, until_asked);
  const auto stubborn = server.listen(kLoopback, deaf);
  REQUIRE(polite);
  REQUIRE(stubborn);
  std::unique_ptr<Stream> first, second;
  std::string from_first, from_second;
  net::IoThreads clients(1);
  net::run_blocking(clients.executor(0), open(*polite, &first));
  net::run_blocking(clients.executor(0), open(*stubborn, &second));
  while (server.connections() < 2) std::this_thread::sleep_for(1ms);
  std::thread reader([&] {
    net::run_blocking(clients.executor(0), read_to_end(&first, &from_first));
    net::run_blocking(clients.executor(0), close_it(&first));
  });
  server.stop(100ms);
  reader.join();
  net::run_blocking(clients.executor(0), read_to_end(&second, &from_second));
  CHECK(from_first == "bye");
  CHECK(from_second == "");
  CHECK(server.connections() == 0);
  net::run_blocking(clients.executor(0), close_it(&second));
}

TEST_CASE("server: so many as are asked to end do, and the others stay") {
  net::IoThreads threads(2);
  net::Server server(&threads, 100);
  const auto at = server.listen(kLoopback, until_asked);
  REQUIRE(at);
  net::IoThreads clients(1);
  std::vector<std::unique_ptr<Stream>> streams(8);
  for (auto& stream : streams) net::run_blocking(clients.executor(0), open(*at, &stream));
  while (server.connections() < 8) std::this_thread::sleep_for(1ms);
  server.ask_to_end(4);
  for (int i = 0; i < 2000 && server.connections() > 4; ++i) std::this_thread::sleep_for(10ms);
  std::this_thread::sleep_for(50ms);
  CHECK(server.connections() == 4);
  server.ask_to_end(1000);
  for (int i = 0; i < 2000 && server.connections() > 0; ++i) std::this_thread::sleep_for(10ms);
  CHECK(server.connections() == 0);
  server.stop(100ms);
  for (auto& stream : streams) net::run_blocking(clients.executor(0), close_it(&stream));
}

TEST_CASE("server: without file descriptors it waits instead of spinning") {
  net::IoThreads threads(1);
  net::Server server(&threads, 10000);
  const auto at = server.listen(kLoopback, echo);
  REQUIRE(at);
  base::log::redirect(-1);
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  const int client = ::socket(AF_INET, SOCK_STREAM, 0);
  rlimit tight = before;
  tight.rlim_cur = static_cast<rlim_t>(client) + 1;
  setrlimit(RLIMIT_NOFILE, &tight);
  sockaddr_storage name{};
  const unsigned size = at->to_sockaddr(&name);
  REQUIRE(::connect(client, reinterpret_cast<sockaddr*>(&name), size) == 0);
  const std::clock_t cpu = std::clock();
  std::this_thread::sleep_for(200ms);
  CHECK(std::clock() - cpu < CLOCKS_PER_SEC / 20);
  CHECK(server.connections() == 0);
  setrlimit(RLIMIT_NOFILE, &before);
  for (int i = 0; i < 1000 && server.connections() == 0; ++i) std::this_thread::sleep_for(1ms);
  CHECK(server.connections() == 1);
  ::close(client);
  server.stop(1s);
  base::log::redirect(STDERR_FILENO);
}

TEST_CASE("offload: results, failures, and the caller's own thread") {
  net::Offload pool(2);
  net::IoThreads threads(1);
  struct Body {
    static Task<> run(net::Offload* pool) {
      const auto before = std::this_thread::get_id();
      std::thread::id there;
      CHECK(co_await pool->run([&there] {
        there = std::this_thread::get_id();
        return 42;
      }) == 42);
      CHECK(there != before);
      CHECK(std::this_thread::get_id() == before);
      bool thrown = false;
      try {
        co_await pool->run([] { throw std::runtime_error("no"); });
      } catch (const std::runtime_error&) {
        thrown = true;
      }
      CHECK(thrown);
    }
    static Task<> begin(net::Offload* pool, std::latch* may_end) {
      const auto here = std::this_thread::get_id();
      auto slow = pool->begin([may_end] {
        may_end->wait();
        return std::this_thread::get_id();
      });
      auto failing = pool->begin([]() -> int { throw std::runtime_error("no"); });
      (void)pool->begin([] { return 1; });  // nobody waits for it
      may_end->count_down();                // not reached if begin() waited
      CHECK(co_await slow.outcome() != here);
      CHECK(std::this_thread::get_id() == here);
      std::string failure;
      try {
        co_await failing.outcome();
      } catch (const std::runtime_error& error) {
        failure = error.what();
      }
      CHECK(failure == "no");
    }
  };
  net::run_blocking(threads.executor(0), Body::run(&pool));
  std::latch may_end(1);
  net::run_blocking(threads.executor(0), Body::begin(&pool, &may_end));
}

TEST_CASE("task_group: cancel ends waits of every kind, and join awaits them") {
  struct Body {
    static Task<> sleeper(int* ended) {
      try {
        co_await net::sleep_for(1h);
      } catch (...) {
        CHECK(net::why_ended().code == Code::cancelled);
        ++*ended;
      }
    }
    static Task<> reader(Stream* stream, int* ended) {
      try {
        co_await stream->wait_readable();
      } catch (...) {
        CHECK(net::why_ended().code == Code::cancelled);
        ++*ended;
      }
    }
    static Task<> run(Executor executor) {
      auto [client, server] = net::make_memory_pair(executor);
      net::TaskGroup group(executor);
      int ended = 0;
      group.spawn(sleeper(&ended));
      group.spawn(reader(server.get(), &ended));
      CHECK_FALSE(co_await group.join(steady_now() + 10ms));
      CHECK(group.size() == 2);
      group.cancel();
      CHECK(co_await group.join(steady_now() + 5s));
      CHECK(ended == 2);
    }
  };
  net::run_for_test(Body::run);
}
