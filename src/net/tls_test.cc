#include "net/tls.h"

#include <doctest/doctest.h>

#include "net/line_reader.h"
#include "net/memory_stream.h"
#include "net/run_for_test.h"
#include "net/server.h"
#include "net/task_group.h"
#include "net/tcp_stream.h"
#include "net/tls_certificate.h"

using namespace posthorn;
using namespace std::chrono_literals;
using net::Executor;
using net::Stream;
using net::Task;
using net::TlsContext;

namespace {

struct Pki {
  net::CertificateAndKey ca = *net::make_ca("Posthorn test CA", std::chrono::days(10));
  std::shared_ptr<TlsContext> server = context_for("mail.test");
  std::shared_ptr<TlsContext> client = *TlsContext::client({.verify = true, .roots_pem = ca.certificate});

  std::shared_ptr<TlsContext> context_for(const std::string& name) const {
    const auto leaf = net::make_certificate(ca, {name, "127.0.0.1"}, std::chrono::days(10));
    return *TlsContext::server(leaf->certificate + ca.certificate, leaf->key);
  }
};

Task<> serve_tls(Stream* stream, const Pki* pki) {
  co_await stream->start_tls_server(pki->server);
  net::LineReader reader(stream, 100000);
  while (true) {
    const net::Line line = co_await reader.read_line();
    if (line.end == net::Line::End::eof) break;
    co_await stream->write(line.text + "\r\n");
  }
  co_await stream->finish();
}

Task<> talk(Stream* stream, const Pki* pki) {
  co_await stream->start_tls_client(pki->client, "mail.test");
  CHECK(stream->tls()->protocol == "TLSv1.3");
  CHECK(stream->channel_binding(net::ChannelBinding::tls_exporter).size() == 32);
  CHECK(stream->channel_binding(net::ChannelBinding::tls_unique).empty());
  const std::string big(50000, 'x');
  net::LineReader reader(stream, 100000);
  for (const std::string& text : {std::string("hello"), big}) {
    co_await stream->write(text + "\r\n");
    CHECK((co_await reader.read_line()).text == text);
  }
  stream->shutdown_write();
  CHECK((co_await reader.read_line()).end == net::Line::End::eof);
}

Task<Code> refusal(Stream* stream, std::shared_ptr<const TlsContext> context, std::string name) {
  try {
    co_await stream->start_tls_client(context, name);
  } catch (...) {
    co_return net::why_ended().code;
  }
  co_return Code::already_exists;
}

}  // namespace

TEST_CASE("tls: over memory, whole and dripped") {
  struct Body {
    static Task<> run(Executor executor, const Pki* pki, bool drip) {
      auto [client, server] = net::make_memory_pair(executor, {.drip = drip});
      net::TaskGroup group(executor);
      group.spawn(serve_tls(server.get(), pki));
      co_await talk(client.get(), pki);
      client->close();
      CHECK(co_await group.join(steady_now() + 5s));
    }
  };
  const Pki pki;
  for (const bool drip : {false, true})
    net::run_for_test([&](const Executor& executor) { return Body::run(executor, &pki, drip); });
}

TEST_CASE("tls: over sockets, with names and certificates that do not fit refused") {
  const Pki pki, strangers;
  net::IoThreads threads(2);
  net::Server server(&threads, 100);
  const auto at = server.listen({net::IpAddress::v4({127, 0, 0, 1}), 0},
                                [&pki](Stream* stream) { return serve_tls(stream, &pki); });
  REQUIRE(at);
  struct Body {
    static Task<> run(net::Endpoint to, const Pki* pki, const Pki* strangers) {
      auto stream = co_await net::connect(to, steady_now() + 5s);
      co_await talk(stream.get(), pki);
      stream = co_await net::connect(to, steady_now() + 5s);
      CHECK(co_await refusal(stream.get(), pki->client, "other.test") == Code::invalid);
      stream = co_await net::connect(to, steady_now() + 5s);
      CHECK(co_await refusal(stream.get(), strangers->client, "mail.test") == Code::invalid);
      stream = co_await net::connect(to, steady_now() + 5s);
      CHECK(co_await refusal(stream.get(), pki->client, "127.0.0.1") == Code::already_exists);
      stream = co_await net::connect(to, steady_now() + 5s);
      CHECK(co_await refusal(stream.get(), *TlsContext::client({.verify = false}), "") == Code::already_exists);
    }
  };
  net::run_for_test([&](const Executor&) { return Body::run(*at, &pki, &strangers); });
  server.stop(1s);
}

TEST_CASE("tls: the certificate follows the name asked for, and can be replaced") {
  Pki pki;
  const auto other = pki.context_for("other.test");
  pki.server->choose_by_name([other](const std::string& name) -> std::shared_ptr<const TlsContext> {
    return name == "other.test" ? other : nullptr;
  });
  struct Body {
    static Task<> run(Executor executor, const Pki* pki, std::string name, Code* code) {
      auto [client, server] = net::make_memory_pair(executor);
      net::TaskGroup group(executor);
      group.spawn(serve_tls(server.get(), pki));
      *code = co_await refusal(client.get(), pki->client, name);
      client->close();
      CHECK(co_await group.join(steady_now() + 5s));
    }
  };
  for (const auto& [name, expected] :
       {std::pair("mail.test", Code::already_exists), std::pair("other.test", Code::already_exists),
        std::pair("third.test", Code::invalid)}) {
    Code code = Code::internal;
    net::run_for_test([&](const Executor& executor) { return Body::run(executor, &pki, name, &code); });
    CAPTURE(name);
    CHECK(code == expected);
  }
  net::TlsCertificateSlot slot(pki.server);
  CHECK(slot.get() == pki.server);
  slot.replace(other);
  CHECK(slot.get() == other);
}

TEST_CASE("tls: what does not parse or fit is an error with words") {
  const Pki pki;
  const auto a = net::make_certificate(pki.ca, {"a.test"}, std::chrono::days(1));
  const auto b = net::make_certificate(pki.ca, {"b.test"}, std::chrono::days(1));
  CHECK_FALSE(TlsContext::server("", a->key));
  CHECK_FALSE(TlsContext::server(a->certificate, "nonsense"));
  const auto misfit = TlsContext::server(a->certificate, b->key);
  REQUIRE_FALSE(misfit);
  CHECK(misfit.error().code == Code::invalid);
  CHECK_FALSE(TlsContext::client({.roots_pem = "nonsense"}));
  CHECK_FALSE(net::make_certificate({}, {"a.test"}, std::chrono::days(1)));
}

TEST_CASE("tls: the addresses of a client's certificate, if its CA is trusted; anybody else is served as well") {
  const Pki pki;
  const auto clients_ca = *net::make_ca("Clients", std::chrono::days(1));
  const auto ann = *net::make_client_certificate(clients_ca, "ann@example.org", std::chrono::days(1));
  const auto stranger = *net::make_client_certificate(pki.ca, "eve@example.org", std::chrono::days(1));
  const auto server_like = *net::make_certificate(clients_ca, {"mx.example.org"}, std::chrono::days(1));
  const auto leaf = *net::make_certificate(pki.ca, {"mail.test"}, std::chrono::days(1));
  const auto server = *TlsContext::server(leaf.certificate, leaf.key, clients_ca.certificate);
  const net::TlsTrust trust{.roots_pem = pki.ca.certificate};
  struct Body {
    static Task<> serve(Stream* stream, std::shared_ptr<const TlsContext> context, std::vector<std::string>* addresses,
                        std::string* binding) {
      co_await stream->start_tls_server(std::move(context));
      *addresses = stream->tls()->client_addresses;
      *binding = stream->channel_binding(net::ChannelBinding::tls_server_end_point);
      co_await stream->write("done");
    }
    static Task<> run(Executor executor, std::shared_ptr<const TlsContext> server_context,
                      std::shared_ptr<const TlsContext> client_context, std::vector<std::string>* addresses) {
      auto [client, server_end] = net::make_memory_pair(executor);
      net::TaskGroup group(executor);
      std::string binding;
      group.spawn(serve(server_end.get(), server_context, addresses, &binding));
      co_await client->start_tls_client(client_context, "mail.test");
      char bytes[4];
      CHECK(co_await client->read_some(bytes, sizeof bytes) == 4);
      CHECK(binding.size() == 32);
      CHECK(binding == client->channel_binding(net::ChannelBinding::tls_server_end_point));
      CHECK(co_await group.join(steady_now() + 5s));
    }
  };
  const auto addresses_with = [&](const net::CertificateAndKey& own) {
    std::vector<std::string> addresses;
    const auto context = *TlsContext::client(trust, own.certificate, own.key);
    net::run_for_test([&](const Executor& executor) { return Body::run(executor, server, context, &addresses); });
    return addresses;
  };
  CHECK(addresses_with(ann) == std::vector<std::string>{"ann@example.org"});
  CHECK(addresses_with(stranger).empty());
  CHECK(addresses_with(server_like).empty());
  CHECK(addresses_with({}).empty());
  CHECK_FALSE(TlsContext::server(leaf.certificate, leaf.key, "nonsense"));
  CHECK_FALSE(TlsContext::client(trust, ann.certificate, stranger.key));
}
