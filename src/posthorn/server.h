// The server: every listener of the configuration, wired to the mail that it serves.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "net/tls.h"
#include "posthorn/world.h"

namespace posthorn::program {

/// What listens where, for people.
struct Listening {
  std::string protocol;  ///< "SMTP", "IMAP with TLS", ...
  net::Endpoint at;
};

class RunningServer {
 public:
  /// Binds every listener and begins to serve. Errors: io where one cannot be bound; invalid for a bad certificate.
  static Result<std::unique_ptr<RunningServer>> start(World& world);
  /// Ends sessions politely.
  ~RunningServer();

  const std::vector<Listening>& listening() const { return listening_; }

  /// Reads the configuration's file again: certificate and log are as it says from now on. Answers the keys whose new
  /// values wait for a restart. Errors: those of the file or the certificate; nothing changed then. Threads: any.
  Result<std::vector<std::string>> reload();

 private:
  struct Parts;
  explicit RunningServer(std::unique_ptr<Parts> parts);
  Result<void> listen_all(const Config& config);

  std::unique_ptr<Parts> parts_;
  std::vector<Listening> listening_;
};

/// Reads the certificate and key that the configuration names, if any. Errors: invalid, naming the file.
Result<std::shared_ptr<const net::TlsContext>> read_certificate(const Config& config);

/// To be called before any thread is made (World::open makes some), so that only serve_until_signal() takes SIGTERM,
/// SIGINT and SIGHUP.
void block_signals();

/// Serves until SIGTERM or SIGINT, and reloads at SIGHUP; `ready` is called once everything listens. Answers the exit
/// status.
int serve_until_signal(World& world, const std::function<void(const RunningServer&)>& ready);

}  // namespace posthorn::program
