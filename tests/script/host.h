// A Target made of a server's session function: the same script runs in memory, dripped, over TCP and over TLS.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "net/server.h"
#include "net/task_group.h"
#include "script/runner.h"

namespace posthorn::script {

enum class Transport {
  memory,  ///< in process
  drip,    ///< in process, the client's bytes one at a time
  tcp,     ///< a socket, the server on a thread of its own
  tls,     ///< the same under TLS, which the session finds already started
};
constexpr Transport kTransports[] = {Transport::memory, Transport::drip, Transport::tcp, Transport::tls};
std::string_view name_of(Transport transport);

/// What a kind of connection is.
struct Service {
  net::Serve serve;
  /// The session begins with TLS by itself (IMAPS, submissions).
  bool begins_with_tls = false;
};

/// A CA and a certificate for localhost, made once a program.
struct TestCertificates {
  static const TestCertificates& get();
  std::shared_ptr<const net::TlsContext> server;
  std::shared_ptr<const net::TlsContext> client;
};

class Host final : public Target {
 public:
  using Perform = std::function<Result<void>(const std::string& what)>;

  /// `services` by kind. `perform` answers do: lines other than "stop", which ends every session as a server's stop
  /// does.
  Host(Transport transport, std::map<std::string, Service> services, Perform perform);
  ~Host() override;

  /// Runs one script; an error if it fails, or takes longer than `at_most` of real time.
  Result<void> run(const Script& script, std::chrono::seconds at_most = std::chrono::seconds(30));

  net::Task<std::unique_ptr<net::Stream>> connect(std::string kind) override;
  std::shared_ptr<const net::TlsContext> client_tls() override { return TestCertificates::get().client; }
  Result<void> perform(const std::string& what) override;

 private:
  bool is_in_process() const { return transport_ == Transport::memory || transport_ == Transport::drip; }
  std::unique_ptr<net::Stream> connect_in_process(const Service& service);
  net::Task<> serve_in_process(net::Stream* stream, const net::Serve* serve);
  void cancel_and_await(net::TaskGroup* group);
  void stop();

  Transport transport_;
  std::map<std::string, Service> services_;
  Perform perform_;
  boost::asio::io_context context_{1};
  net::TaskGroup sessions_;
  std::vector<std::unique_ptr<net::Stream>> server_ends_;
  std::unique_ptr<net::IoThreads> threads_;
  std::unique_ptr<net::Server> server_;
  std::map<std::string, net::Endpoint> endpoints_;
};

/// Runs every `.t` file of `folder` over every transport (a `transports:` header names those that make sense, by words
/// of name_of()), each with a fresh Host, and CHECKs it with doctest.
void check_folder(const std::string& folder, const std::function<std::unique_ptr<Host>(Transport)>& make_host);

}  // namespace posthorn::script
