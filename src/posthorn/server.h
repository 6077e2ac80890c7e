// The server: every listener of the configuration, wired to the mail that it serves.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "admin/figures.h"
#include "base/result.h"
#include "posthorn/listeners.h"
#include "posthorn/world.h"

namespace posthorn::program {

/// What listens where, for people.
struct Listening {
  std::string protocol;  ///< "SMTP", "IMAP with TLS", ...
  net::Endpoint at;
};

class RunningServer {
 public:
  /// Begins to serve at `sockets`. Errors: io where one cannot listen; invalid for a bad certificate.
  static Result<std::unique_ptr<RunningServer>> start(World& world, BoundListeners sockets);
  /// Ends sessions politely.
  ~RunningServer();

  const std::vector<Listening>& listening() const { return listening_; }

  /// What reading the configuration's file again has led to; keys, sorted.
  struct Reloaded {
    std::vector<std::string> applied;  ///< differ from what was in force until now
    std::vector<std::string> waiting;  ///< for a restart, as they differ from what was in force at the start
  };
  /// What is_live() is as the file says from now on. Errors: those of the file or the certificate; nothing changed
  /// then. Threads: any.
  Result<Reloaded> reload();

  /// To be called every few seconds: has a look at the certificate's files. Answers whether all threads that serve
  /// connections have answered within `patience`.
  bool look_after(Duration patience);

  /// What is_ready() and the pages of admin/ say, for the command line.
  Result<boost::json::value> status();

 private:
  struct Parts;
  explicit RunningServer(std::unique_ptr<Parts> parts);
  Result<void> listen_all(const Config& config, BoundListeners sockets);
  Result<Reloaded> read_again();
  admin::Figures look();

  std::unique_ptr<Parts> parts_;
  std::vector<Listening> listening_;
};

/// To be called before any thread is made (World::open makes some), so that only serve_until_signal() takes SIGTERM,
/// SIGINT and SIGHUP.
void block_signals();

/// Serves until SIGTERM or SIGINT, and reloads at SIGHUP; `ready` is called once everything listens. Answers the exit
/// status.
int serve_until_signal(World& world, BoundListeners sockets, const std::function<void(const RunningServer&)>& ready);

}  // namespace posthorn::program
