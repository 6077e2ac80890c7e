#include "script/host.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include "net/memory_stream.h"
#include "net/tcp_stream.h"
#include "net/tls.h"
#include "net/tls_certificate.h"

namespace posthorn::script {
namespace {

net::Task<> serve_under_tls(net::Stream* stream, const net::Serve* serve) {
  co_await stream->start_tls_server(TestCertificates::get().server);
  co_await (*serve)(stream);
}

}  // namespace

std::string_view name_of(Transport transport) {
  constexpr std::string_view kNames[] = {"memory", "drip", "tcp", "tls"};
  return kNames[static_cast<int>(transport)];
}

const TestCertificates& TestCertificates::get() {
  static const TestCertificates certificates = [] {
    const auto ca = net::make_ca("Posthorn test CA", std::chrono::days(2));
    const auto leaf = net::make_certificate(*ca, {"localhost"}, std::chrono::days(2));
    return TestCertificates{*net::TlsContext::server(leaf->certificate, leaf->key),
                            *net::TlsContext::client({.verify = true, .roots_pem = ca->certificate})};
  }();
  return certificates;
}

Host::Host(Transport transport, std::map<std::string, Service> services, Perform perform)
    : transport_(transport),
      services_(std::move(services)),
      perform_(std::move(perform)),
      sessions_(context_.get_executor()) {
  if (is_in_process()) return;
  threads_ = std::make_unique<net::IoThreads>(1);
  server_ = std::make_unique<net::Server>(threads_.get(), 1000);
  for (const auto& [kind, service] : services_) {
    net::Serve serve = service.serve;
    if (transport_ == Transport::tls && !service.begins_with_tls)
      serve = [inner = &service.serve](net::Stream* stream) { return serve_under_tls(stream, inner); };
    endpoints_[kind] = server_->listen({net::IpAddress::v4({127, 0, 0, 1}), 0}, std::move(serve)).value();
  }
}

Host::~Host() {
  if (server_) server_->stop(std::chrono::milliseconds(0));
  cancel_and_await(&sessions_);
}

// A group is cancelled from within its executor.
void Host::cancel_and_await(net::TaskGroup* group) {
  bool is_cancelled = false;
  boost::asio::post(context_, [group, &is_cancelled] {
    group->cancel();
    is_cancelled = true;
  });
  while (!is_cancelled || group->size() > 0) {
    context_.restart();
    context_.run_one();
  }
}

Result<void> Host::run(const Script& script, std::chrono::seconds at_most) {
  Result<void> outcome = fail(Code::timeout, script.name + ": cancelled");
  net::TaskGroup runs(context_.get_executor());
  struct Body {
    static net::Task<> run(const Script* s, Target* target, Result<void>* into) {
      *into = co_await script::run(s, target);
    }
  };
  runs.spawn(Body::run(&script, this, &outcome));
  const auto give_up = std::chrono::steady_clock::now() + at_most;
  while (runs.size() > 0 && std::chrono::steady_clock::now() < give_up) {
    context_.restart();
    context_.run_one_for(std::chrono::milliseconds(100));
  }
  const bool took_too_long = runs.size() > 0;
  cancel_and_await(&runs);
  if (took_too_long && !outcome) outcome.error().text += ": it took too long";
  return outcome;
}

net::Task<> Host::serve_in_process(net::Stream* stream, const net::Serve* serve) {
  try {
    co_await (*serve)(stream);
  } catch (...) {
    if (net::why_ended().is_bug) throw;
  }
  stream->close();
}

std::unique_ptr<net::Stream> Host::connect_in_process(const Service& service) {
  auto [client, server] = net::make_memory_pair(context_.get_executor(), {.drip = transport_ == Transport::drip});
  server_ends_.push_back(std::move(server));
  sessions_.spawn(serve_in_process(server_ends_.back().get(), &service.serve));
  return std::move(client);
}

net::Task<std::unique_ptr<net::Stream>> Host::connect(std::string kind) {
  const auto service = services_.find(kind);
  if (service == services_.end()) throw std::runtime_error("no such kind of connection: " + kind);
  std::unique_ptr<net::Stream> client;
  if (is_in_process())
    client = connect_in_process(service->second);
  else
    client = co_await net::connect(endpoints_.at(kind), steady_now() + std::chrono::seconds(10));
  if (service->second.begins_with_tls || transport_ == Transport::tls)
    co_await client->start_tls_client(client_tls(), "localhost");
  co_return client;
}

void Host::stop() {
  for (const auto& stream : server_ends_) stream->ask_to_end();
  if (server_) server_->ask_to_end();
}

Result<void> Host::perform(const std::string& what) {
  if (what != "stop") return perform_ ? perform_(what) : fail(Code::not_supported, "no such thing to do: " + what);
  stop();
  return {};
}

void check_folder(const std::string& folder, const std::function<std::unique_ptr<Host>(Transport)>& make_host) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".t") files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  CHECK_FALSE(files.empty());
  for (const auto& file : files) {
    const auto script = Script::load(file);
    INFO(file);
    REQUIRE_MESSAGE(script.has_value(), (script ? "" : script.error().text));
    const auto wanted = script->option("transports", "memory drip tcp tls");
    for (const Transport transport : kTransports) {
      if (wanted.find(name_of(transport)) == std::string::npos) continue;
      const auto outcome = make_host(transport)->run(*script);
      CHECK_MESSAGE(outcome.has_value(),
                    (outcome ? "" : outcome.error().text + " (over " + std::string(name_of(transport)) + ")"));
    }
  }
}

}  // namespace posthorn::script
