// SASL (RFC 4422): mechanisms as state machines without I/O of their own, for the server's and the client's role.
//
// The protocol (SMTP AUTH, IMAP AUTHENTICATE ...) carries responses and challenges, decoded from its base64; who may
// log in is asked of a Verifier. Where a mechanism has something to say with its success (SCRAM), that is one challenge
// more, answered by an empty response, as protocols without a place for it do it (RFC 4422 4).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/task.h"
#include "sasl/verifier.h"

namespace posthorn::sasl {

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
  /// Whether the exchange has come so far that a success of the server's may be believed: with SCRAM, it has proved to
  /// know the password as well.
  virtual bool is_complete() const = 0;
};

/// What may be used at `origin`, best first, as it is announced. The caller has seen to it that passwords may pass
/// there. Tokens and certificates want TLS, and -PLUS its channel binding.
std::vector<std::string_view> server_mechanisms(const Origin& origin, const Verifier& verifier);
/// By name in any case; null for what server_mechanisms() does not name. `verifier` must outlive it.
std::unique_ptr<ServerMechanism> make_server_mechanism(std::string_view name, Origin origin, Verifier* verifier);

}  // namespace posthorn::sasl
