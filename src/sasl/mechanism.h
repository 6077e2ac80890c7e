// SASL (RFC 4422): mechanisms as state machines without I/O of their own, for the server's and the client's role.
//
// The protocol (SMTP AUTH, IMAP AUTHENTICATE ...) carries responses and challenges, decoded from its base64; who may
// log in is asked of a Verifier.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/task.h"

namespace posthorn::sasl {

using net::Task;

/// Who somebody has proved to be.
struct Identity {
  std::string user;  ///< acts as this user (the authorization identity), as the directory names it
};

/// Decides whether credentials are right. Answers Code::bad_credentials, Code::denied (right, but not for this
/// authorization identity or service), or a temporary code.
class Verifier {
 public:
  virtual ~Verifier() = default;
  /// `authorization` is "" for "as myself". Must take equally long for unknown users and wrong passwords.
  virtual Task<Result<Identity>> verify_password(std::string authorization, std::string user, std::string password) = 0;
};

/// What a step led to.
struct Step {
  enum class Kind { challenge, done, failed };

  static Step challenge(std::string bytes) { return {Kind::challenge, std::move(bytes), {}, {}}; }
  static Step done(Identity identity) { return {Kind::done, {}, std::move(identity), {}}; }
  static Step failed(Error error) { return {Kind::failed, {}, {}, std::move(error)}; }
  static Step of(Result<Identity> verdict) { return verdict ? done(std::move(*verdict)) : failed(verdict.error()); }

  Kind kind;
  std::string bytes;  ///< challenge: to be sent
  Identity identity;  ///< done
  Error error;        ///< failed: Code::syntax for a malformed response, else the Verifier's
};

class ServerMechanism {
 public:
  virtual ~ServerMechanism() = default;
  /// Sent when the client gave no initial response (RFC 4422 3): empty where the client speaks first.
  virtual std::string first_challenge() const { return {}; }
  /// The client's next response, of any bytes. Not to be called again after done or failed.
  virtual Task<Step> step(std::string response) = 0;
};

class ClientMechanism {
 public:
  virtual ~ClientMechanism() = default;
  virtual std::string_view name() const = 0;
  /// The client speaks first: step("") may be sent along with the command.
  virtual bool has_initial_response() const = 0;
  /// The response to a challenge; Code::denied when the exchange makes no sense and must be cancelled.
  virtual Result<std::string> step(const std::string& challenge) = 0;
};

/// The mechanisms offered, best first, as they are announced.
const std::vector<std::string_view>& server_mechanisms();
/// By name in any case; null if unknown. `verifier` must outlive it.
std::unique_ptr<ServerMechanism> make_server_mechanism(std::string_view name, Verifier* verifier);

}  // namespace posthorn::sasl
