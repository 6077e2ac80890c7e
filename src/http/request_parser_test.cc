#include "http/request_parser.h"

#include <doctest/doctest.h>

using namespace posthorn;
using http::RequestParser;

namespace {

/// "GET /path ?query [body] keep" or the status of the mistake, or "more".
std::string read(std::string input, std::size_t piece, http::RequestLimits limits = {.header = 200, .body = 10}) {
  RequestParser parser(limits);
  std::string buffered;
  while (true) {
    auto got = parser.feed(buffered);
    if (!got) return std::to_string(got.error().status);
    if (*got) {
      const auto& r = **got;
      return r.method + " " + r.path + (r.query.empty() ? "" : " ?" + r.query) +
             (r.body.empty() ? "" : " [" + r.body + "]") + (r.keeps_alive ? " keep" : "");
    }
    if (input.empty()) return "more";
    buffered += input.substr(0, piece);
    input.erase(0, piece);
  }
}

}  // namespace

TEST_CASE("http: requests, whole and byte for byte") {
  const struct {
    std::string input, expected;
  } cases[] = {
      {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "GET / keep"},
      {"\r\n\r\nGET /a?b=c HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "GET /a ?b=c"},
      {"GET /a? HTTP/1.1\r\nHost:\r\n\r\n", "GET /a keep"},
      {"GET http://x/m HTTP/1.1\r\nHost: y\r\n\r\n", "GET /m keep"},
      {"GET http://x HTTP/1.1\r\nHost: y\r\n\r\n", "GET / keep"},
      {"OPTIONS * HTTP/1.1\r\nHost: y\r\n\r\n", "OPTIONS * keep"},
      {"GET / HTTP/1.0\r\n\r\n", "GET /"},
      {"POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", "POST /p [abc] keep"},
      {"POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "POST /p [abc] keep"},
      // Not yet whole.
      {"", "more"},
      {"\r\n", "more"},
      {"GET / HTTP/1.1\r\nHost: x\r\n", "more"},
      {"POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nab", "more"},
      // RFC 9112 3.2
      {"GET / HTTP/1.1\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", "400"},
      {"GET x:1 HTTP/1.1\r\nHost: x\r\n\r\n", "400"},
      // RFC 9112 6.3: which of both holds is how requests are smuggled.
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", "400"},
      {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n", "400"},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc", "400"},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", "400"},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n", "413"},
      {"GET / HTTP/1.1\r\nHost : x\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: x\r\nA:" + std::string(300, 'a') + "\r\n\r\n", "431"},
      {"GET /" + std::string(300, 'a'), "431"},
      {"GET / HTTP/2.0\r\nHost: x\r\n\r\n", "505"},
      {"EHLO client.test\r\n\r\n", "400"},
      {std::string("\x16\x03\x01\x02\x00\x01\x00\x01", 8) + "\r\n\r\n", "400"},
      {std::string("GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n", 28), "400"},
  };
  for (const auto& c : cases) {
    CHECK_MESSAGE(read(c.input, 10'000) == c.expected, c.input);
    CHECK_MESSAGE(read(c.input, 1) == c.expected, c.input);
  }
}

TEST_CASE("http: what comes behind a request is the next one's") {
  RequestParser parser({});
  std::string input = "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\n";
  const auto got = parser.feed(input);
  REQUIRE(got);
  REQUIRE(*got);
  CHECK((*got)->path == "/1");
  CHECK(input == "GET /2 HTTP/1.1\r\n");
}
