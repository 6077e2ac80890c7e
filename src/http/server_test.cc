#include "http/server.h"

#include <doctest/doctest.h>

#include "net/memory_stream.h"
#include "net/run_for_test.h"
#include "net/task_group.h"
#include "net/timer.h"

using namespace posthorn;
using namespace std::chrono_literals;
using net::Stream;
using net::Task;

namespace {

Task<http::Response> answer(http::Request request) {
  if (request.path == "/bug") throw std::runtime_error("a bug");
  co_return http::Response{.status = request.path == "/none" ? 404u : 200u, .body = request.method + request.path};
}

/// What comes until the server ends, or for `at_most`.
Task<> talk(Stream* stream, std::vector<std::string> pieces, Duration between, std::string* said) {
  stream->set_timeout(30s);
  try {
    for (auto& piece : pieces) {
      co_await stream->write(std::move(piece));
      if (between > 0us) co_await net::sleep_for(between);
    }
    char piece[4096];
    while (const std::size_t got = co_await stream->read_some(piece, sizeof piece)) said->append(piece, got);
  } catch (const net::Lost& lost) {
    *said += std::string("lost: ") + lost.what();
  }
  stream->close();
}

struct Talk {
  std::vector<std::string> pieces;
  http::ServerConfig config;
  Duration between;
  http::Answer with = answer;
  std::string said = {};

  static Task<> run(net::Executor executor, Talk* of) {
    auto [client, server] = net::make_memory_pair(executor);
    net::TaskGroup group(executor);
    group.spawn(http::serve(server.get(), &of->config, &of->with));
    co_await talk(client.get(), std::move(of->pieces), of->between, &of->said);
    co_await group.join(steady_now() + 30s);
  }
};

std::string ask(std::vector<std::string> pieces, http::ServerConfig config = {}, Duration between = 0us) {
  Talk of{.pieces = std::move(pieces), .config = config, .between = between};
  net::run_for_test([&](const net::Executor& executor) { return Talk::run(executor, &of); });
  return std::move(of.said);
}

int count(const std::string& text, const std::string& what) {
  int n = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++n;
  return n;
}

const std::string kLast = "GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

}  // namespace

TEST_CASE("http server: one request after another, in their order") {
  const auto said = ask({"GET /a HTTP/1.1\r\nHost: x\r\n\r\nHEAD /none HTTP/1.1\r\nHost: x\r\n\r\n" + kLast});
  CHECK(said.starts_with("HTTP/1.1 200 OK\r\nDate: "));
  CHECK(count(said, "HTTP/1.1 ") == 3);
  CHECK(said.find("\r\n\r\nGET/a") != std::string::npos);
  CHECK(said.find("404 Not Found") != std::string::npos);
  CHECK(said.find("GET/none") == std::string::npos);  // of HEAD, the header alone
  CHECK(said.find("Content-Length: 8\r\n") != std::string::npos);
  CHECK(said.ends_with("GET/last"));
  CHECK(count(said, "Connection: close") == 1);
}

TEST_CASE("http server: mistakes are answered and end the connection") {
  const auto said = ask({"GET / HTTP/1.1\r\n\r\n" + kLast});
  CHECK(said.starts_with("HTTP/1.1 400 Bad Request\r\n"));
  CHECK(count(said, "HTTP/1.1 ") == 1);
  CHECK(ask({"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n"}).starts_with("HTTP/1.1 413 "));
  CHECK(ask({"GET /bug HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"}).starts_with("HTTP/1.1 500 "));
}

TEST_CASE("http server: who sends slowly is cut off, however often he sends") {
  const http::ServerConfig config{.limits = {}, .request_timeout = 100ms, .idle_timeout = 10s};
  const auto begun = steady_now();
  std::vector<std::string> drops{"GET / HTTP/1.1\r\n"};
  for (int i = 0; i < 200; ++i) drops.push_back("A: b\r\n");
  const auto said = ask(std::move(drops), config, 20ms);
  CHECK(said.find("HTTP/1.1") == std::string::npos);
  CHECK(steady_now() - begun < 20s);
}

TEST_CASE("http server: silence ends, and so does a connection of many requests") {
  CHECK(ask({"\r\n"}, {.limits = {}, .idle_timeout = 50ms}).empty());
  const auto said = ask({kLast, kLast}, {.limits = {}, .most_requests = 1});
  CHECK(count(said, "HTTP/1.1 200") == 1);
  CHECK(said.find("Connection: close") != std::string::npos);
}
