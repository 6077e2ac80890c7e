// LOGIN, draft-murchison-sasl-login-00: the user name, then the password, each asked for. Obsolete, but Outlook and
// many devices know nothing else.
#pragma once

#include <optional>

#include "sasl/mechanism.h"

namespace posthorn::sasl {

class LoginServer final : public ServerMechanism {
 public:
  LoginServer(Origin origin, Verifier* verifier) : origin_(std::move(origin)), verifier_(verifier) {}
  std::string first_challenge() const override { return "Username:"; }
  Task<Step> step(std::string response) override;

 private:
  Origin origin_;
  Verifier* verifier_;
  std::optional<std::string> user_;
};

class LoginClient final : public ClientMechanism {
 public:
  LoginClient(std::string user, std::string password) : user_(std::move(user)), password_(std::move(password)) {}
  std::string_view name() const override { return "LOGIN"; }
  bool has_initial_response() const override { return false; }
  /// The wording of challenges varies between servers: only their order counts.
  Result<std::string> step(const std::string& challenge) override;
  bool is_complete() const override { return steps_ == 2; }

 private:
  std::string user_, password_;
  int steps_ = 0;
};

}  // namespace posthorn::sasl
