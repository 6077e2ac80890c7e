#include "http/client.h"

#include <doctest/doctest.h>

#include <deque>

#include "http/url.h"
#include "net/line_reader.h"
#include "net/run_for_test.h"
#include "net/server.h"
#include "net/tls_certificate.h"

using namespace posthorn;
using namespace std::chrono_literals;
using http::Url;
using net::Stream;
using net::Task;

namespace {

/// Says `answer` (with $PORT replaced) to whatever is asked, and keeps the request's head.
struct Fake {
  std::string answer;
  std::string asked = {};
  int requests = 0;
  std::uint16_t port = 0;
  bool stays_silent = false;
  std::shared_ptr<const net::TlsContext> tls = nullptr;

  static Task<> serve(Stream* stream, Fake* fake) {
    if (fake->tls) co_await stream->start_tls_server(fake->tls);
    net::LineReader reader(stream, 10000);
    std::string head;
    while (true) {
      const net::Line line = co_await reader.read_line();
      if (line.end != net::Line::End::crlf) break;
      if (line.text.empty()) break;
      head += line.text + "\n";
    }
    ++fake->requests;
    fake->asked = head;
    if (fake->stays_silent) {
      stream->set_timeout(30s);
      char byte;
      co_await stream->read_some(&byte, 1);
    }
    std::string text = fake->answer;
    if (const auto at = text.find("$PORT"); at != std::string::npos) text.replace(at, 5, std::to_string(fake->port));
    co_await stream->write(std::move(text));
    co_await stream->finish(100ms);
  }
};

struct World {
  std::deque<Fake> fakes;  // outlive the sessions that are still being served at the end
  net::IoThreads threads{1};
  net::Server server{&threads, 100};
  net::Offload offload{1};
  boost::asio::io_context context{1};
  net::CertificateAndKey ca = *net::make_ca("Test", std::chrono::days(1));
  net::CertificateAndKey leaf = *net::make_certificate(ca, {"localhost"}, std::chrono::days(1));
  std::shared_ptr<const net::TlsContext> trust = *net::TlsContext::client({.roots_pem = ca.certificate});

  ~World() { server.stop(0s); }

  Fake& add(Fake fake) { return fakes.emplace_back(std::move(fake)); }
  std::string listen(Fake* fake) {
    const auto at = server.listen({net::IpAddress::v4({127, 0, 0, 1}), 0},
                                  [fake](Stream* stream) { return Fake::serve(stream, fake); });
    fake->port = at->port;
    return (fake->tls ? "https://localhost:" : "http://127.0.0.1:") + std::to_string(at->port);
  }
  Result<http::ClientResponse> ask(http::ClientRequest request, http::ClientLimits limits = {}) {
    const http::Client client(trust, &offload);
    return net::result_for_test(context, client.ask(std::move(request), limits));
  }
};

}  // namespace

TEST_CASE("http: URLs") {
  struct Case {
    const char* in;
    const char* out;  // null: refused
  };
  const Case cases[] = {
      {"https://ID.example.org", "https://id.example.org/"},
      {"HTTPS://id.example.org:443/a?b=c#d", "https://id.example.org/a?b=c"},
      {"http://127.0.0.1:8080?x", "http://127.0.0.1:8080/?x"},
      {"https://[::1]:8443/", "https://[::1]:8443/"},
      {"https://user@id.example.org/", nullptr},
      {"https://a:b@id.example.org/", nullptr},
      {"https://id.example.org:99999/", nullptr},
      {"https://id.example.org/a b", nullptr},
      {"https://id.example.org/\r\nX: y", nullptr},
      {"https://", nullptr},
      {"https:///path", nullptr},
      {"ftp://id.example.org/", nullptr},
      {"/path", nullptr},
      {"", nullptr},
  };
  for (const Case& c : cases) {
    const auto url = Url::parse(c.in);
    CAPTURE(std::string(c.in));
    CHECK(url.has_value() == (c.out != nullptr));
    if (url && c.out != nullptr) CHECK(url->text() == c.out);
  }
}

TEST_CASE("http: bodies by length, in chunks, up to the end") {
  for (const char* answer : {
           "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nTrailer: x\r\n\r\n",
           "HTTP/1.0 200 OK\r\n\r\nhello",
           "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
       }) {
    World world;
    Fake& fake = world.add({answer});
    const auto response = world.ask({.url = world.listen(&fake) + "/x?y"});
    REQUIRE(response);
    CHECK(response->status == 200);
    CHECK(response->body == "hello");
    CHECK(fake.asked.starts_with("GET /x?y HTTP/1.1\nHost: 127.0.0.1:"));
  }
}

TEST_CASE("http: what a server may do wrong") {
  struct Case {
    std::string answer;
    Code code;
  };
  const Case cases[] = {
      {"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhello", Code::unavailable},
      {"HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\nhello", Code::too_big},
      {"HTTP/1.0 200 OK\r\n\r\n" + std::string(5000, 'x'), Code::too_big},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", Code::unavailable},
      {"HTTP/1.1 200 OK\r\nX: " + std::string(40'000, 'x') + "\r\n\r\n", Code::unavailable},
      {"HTTP/1.1 103 Early Hints\r\n\r\n", Code::unavailable},
      {"220 mail.test ESMTP\r\n", Code::unavailable},
      {"", Code::unavailable},
  };
  for (const Case& c : cases) {
    World world;
    Fake& fake = world.add({c.answer});
    const auto response = world.ask({.url = world.listen(&fake)}, {.body = 1000});
    REQUIRE_FALSE(response);
    CHECK(response.error().code == c.code);
  }
  World world;
  Fake& silent = world.add({.answer = "", .stays_silent = true});
  CHECK(world.ask({.url = world.listen(&silent)}, {.whole = 100ms}).error().code == Code::unavailable);
  CHECK(world.ask({.url = "http://127.0.0.1:1/"}).error().code == Code::unavailable);
  CHECK(world.ask({.url = "nonsense"}).error().code == Code::syntax);
}

TEST_CASE("http: one redirection, of a GET, to nowhere less safe") {
  World world;
  Fake& target = world.add({"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhere"});
  world.listen(&target);
  Fake& first =
      world.add({"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:$PORT/there\r\nContent-Length: 0\r\n\r\n"});
  const auto url = world.listen(&first);
  first.port = target.port;
  CHECK(world.ask({.url = url, .fields = {{"Authorization", "Basic x"}}})->body == "here");
  CHECK(target.asked.starts_with("GET /there "));
  CHECK(target.asked.find("Authorization") == std::string::npos);
  CHECK(world.ask({.method = "POST", .url = url, .body = "x=y"})->status == 302);
  Fake& circle = world.add({"HTTP/1.1 301 Gone\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n"});
  CHECK(world.ask({.url = world.listen(&circle)}).error().code == Code::not_supported);
  CHECK(circle.requests == 2);
  Fake& unsafe = world.add({.answer = "HTTP/1.1 301 Gone\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n",
                            .tls = *net::TlsContext::server(world.leaf.certificate, world.leaf.key)});
  CHECK(world.ask({.url = world.listen(&unsafe)}).error().code == Code::not_supported);
}

TEST_CASE("http: certificates are verified") {
  World world;
  Fake& fake = world.add({.answer = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nsafe",
                          .tls = *net::TlsContext::server(world.leaf.certificate, world.leaf.key)});
  const auto url = world.listen(&fake);
  CHECK(world.ask({.url = url})->body == "safe");
  world.trust = *net::TlsContext::client({.roots_pem = net::make_ca("Other", std::chrono::days(1))->certificate});
  CHECK(world.ask({.url = url}).error().code == Code::unavailable);
}
