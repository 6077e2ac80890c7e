// Runs a Script against a Target.
#pragma once

#include <memory>
#include <string>

#include "net/stream.h"
#include "script/script.h"

namespace posthorn::script {

/// The server under test.
class Target {
 public:
  virtual ~Target() = default;
  /// The client's side of a new connection of that kind, ready for the protocol (TLS already up where the kind begins
  /// with it). Throws for an unknown kind.
  virtual net::Task<std::unique_ptr<net::Stream>> connect(std::string kind) = 0;
  /// What C-tls: uses.
  virtual std::shared_ptr<const net::TlsContext> client_tls() = 0;
  /// A `do:` line. Code::not_supported for what it does not know.
  virtual Result<void> perform(const std::string& what) = 0;
};

/// Runs the script's steps in order on the calling executor; the error says "FILE:LINE: ..." with what was expected
/// and what came. A clock: header turns the clock for the time of the run.
net::Task<Result<void>> run(const Script* script, Target* target);

}  // namespace posthorn::script
