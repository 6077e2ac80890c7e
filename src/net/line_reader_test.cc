#include "net/line_reader.h"

#include <doctest/doctest.h>

#include "net/memory_stream.h"
#include "net/out_buffer.h"
#include "net/run_for_test.h"
#include "net/task_group.h"

using namespace posthorn;
using net::Executor;
using net::Line;
using net::Task;

namespace {

struct Case {
  const char* bytes;
  std::vector<std::pair<std::string, Line::End>> lines;
};

Task<> read_all(Executor executor, bool drip, const Case* c) {
  auto [client, server] = net::make_memory_pair(executor, {.drip = drip});
  co_await client->write(std::string(c->bytes));
  client->shutdown_write();
  net::LineReader reader(server.get(), 5);
  for (const auto& [text, end] : c->lines) {
    const Line line = co_await reader.read_line();
    CHECK(line.text == text);
    CHECK(line.end == end);
  }
  const Line last = co_await reader.read_line();
  CHECK(last.end == Line::End::eof);
}

class Collector : public net::Sink {
 public:
  bool push(std::string_view bytes) override {
    got += bytes;
    return got.size() % 2 == 0;
  }
  Task<> drained() override {
    ++drains;
    co_return;
  }
  std::string got;
  int drains = 0;
};

Task<> wake_then_send(net::Stream* server, net::Stream* client) {
  server->waker()();
  co_await net::sleep_for(std::chrono::milliseconds(1));
  co_await client->write(std::string("xt\r\n"));
}

}  // namespace

TEST_CASE("line_reader: lines and how they end, whole and dripped") {
  using enum Line::End;
  const Case cases[] = {
      {"ab\r\ncd\r\n", {{"ab", crlf}, {"cd", crlf}}},
      {"\r\n\n", {{"", crlf}, {"", lf}}},
      {"ab\ncd\r\n", {{"ab", lf}, {"cd", crlf}}},
      {"a\rb\r\r\n", {{"a\rb\r", crlf}}},
      {"12345\r\n", {{"12345", crlf}}},
      {"12345\n", {{"12345", lf}}},
      {"123456\r\nab\r\n", {{"123456", too_long}, {"ab", crlf}}},
      {"123456789012345678901234567890\r\nab\r\n", {{"123456", too_long}, {"ab", crlf}}},
      {"123456\n", {{"123456", too_long}}},
      {"abc", {{"abc", eof}}},
      {"", {}},
  };
  for (const Case& c : cases)
    for (const bool drip : {false, true}) {
      CAPTURE(c.bytes);
      CAPTURE(drip);
      net::run_for_test([&](const Executor& executor) { return read_all(executor, drip, &c); });
    }
}

TEST_CASE("line_reader: literals, sinks with back-pressure, and what is pending") {
  struct Body {
    static Task<> run(Executor executor) {
      auto [client, server] = net::make_memory_pair(executor);
      co_await client->write(std::string("hello\r\nworld!x\r\nrest"));
      net::LineReader reader(server.get(), 100);
      CHECK_FALSE(reader.has_line());
      CHECK((co_await reader.read_line()).text == "hello");
      CHECK(reader.has_line());
      CHECK(co_await reader.read_exact(5) == "world");
      Collector sink;
      co_await reader.read_into(2, &sink);
      CHECK(sink.got == "!x");
      CHECK(sink.drains == 0);
      CHECK((co_await reader.read_line()).text == "");
      CHECK(reader.buffered() == "rest");
      CHECK_FALSE(reader.has_line());
      co_await reader.read_into(3, &sink);
      CHECK(sink.drains == 1);
      client->close();
      CHECK_THROWS_AS(co_await reader.read_exact(2), net::Lost);
    }
  };
  net::run_for_test(Body::run);
}

TEST_CASE("line_reader: what came before STARTTLS is dropped") {
  struct Body {
    static Task<> run(Executor executor) {
      auto [client, server] = net::make_memory_pair(executor);
      co_await client->write(std::string("STARTTLS\r\nINJECTED\r\nhalf"));
      net::LineReader reader(server.get(), 100);
      CHECK((co_await reader.read_line()).text == "STARTTLS");
      reader.drop_buffered();
      co_await client->write(std::string("after\r\n"));
      CHECK((co_await reader.read_line()).text == "after");
    }
  };
  net::run_for_test(Body::run);
}

TEST_CASE("line_reader: a wake does not lose the line that was begun") {
  struct Body {
    static Task<> run(Executor executor) {
      auto [client, server] = net::make_memory_pair(executor);
      net::TaskGroup group(executor);
      net::LineReader reader(server.get(), 100);
      co_await client->write(std::string("te"));
      group.spawn(wake_then_send(server.get(), client.get()));
      CHECK((co_await reader.read_line()).end == Line::End::woken);
      CHECK((co_await reader.read_line()).text == "text");
      co_await group.join(steady_now() + std::chrono::seconds(5));
    }
  };
  net::run_for_test(Body::run);
}

TEST_CASE("out_buffer: a reader that is slow stops the writer, and nothing is lost") {
  struct Body {
    static Task<> fill(net::Stream* to) {
      net::OutBuffer out(to);
      for (int i = 0; i < 100000; ++i) {
        out.append("0123456789");
        if (out.is_full()) co_await out.flush();
      }
      co_await out.flush();
      to->shutdown_write();
    }
    static Task<> run(Executor executor) {
      auto [client, server] = net::make_memory_pair(executor, {.capacity = 1000});
      net::TaskGroup group(executor);
      group.spawn(fill(server.get()));
      std::size_t total = 0;
      char bytes[777];
      while (const std::size_t got = co_await client->read_some(bytes, sizeof bytes)) total += got;
      CHECK(total == 1000000);
      co_await group.join(steady_now() + std::chrono::seconds(5));
    }
  };
  net::run_for_test(Body::run);
}
