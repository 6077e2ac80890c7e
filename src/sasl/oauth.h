// Bearer tokens: OAUTHBEARER (RFC 7628) and its forerunner XOAUTH2 (Google, Microsoft), which most programs still say.
//
// A token that is refused is told in a challenge of JSON, so that the client can get a better one; the client answers
// with a dummy response, and the exchange fails (RFC 7628 3.2.3). A temporary error fails at once.
#pragma once

#include <optional>

#include "sasl/mechanism.h"

namespace posthorn::sasl {

struct OAuthMessage {
  std::string authorization;  ///< the user as the client names it; "" for whoever the token is of
  std::string token;          ///< of RFC 6750 2.1's alphabet; "" asks where to get one (RFC 7628 4.3)

  /// `gs2-header ^A auth=Bearer TOKEN ^A ... ^A`. Errors: syntax.
  static Result<OAuthMessage> parse_oauthbearer(std::string_view message);
  /// `user=NAME ^A auth=Bearer TOKEN ^A ^A`. Errors: syntax.
  static Result<OAuthMessage> parse_xoauth2(std::string_view message);
};

class OAuthServer final : public ServerMechanism {
 public:
  enum class Kind { oauthbearer, xoauth2 };
  OAuthServer(Kind kind, Origin origin, Verifier* verifier)
      : kind_(kind), origin_(std::move(origin)), verifier_(verifier) {}
  Task<Step> step(std::string response) override;

 private:
  std::string refusal() const;

  const Kind kind_;
  const Origin origin_;
  Verifier* const verifier_;
  std::optional<Error> error_;  ///< has been told, the dummy response is awaited
};

class OAuthClient final : public ClientMechanism {
 public:
  using Kind = OAuthServer::Kind;
  OAuthClient(Kind kind, std::string user, std::string token)
      : kind_(kind), user_(std::move(user)), token_(std::move(token)) {}
  std::string_view name() const override { return kind_ == Kind::oauthbearer ? "OAUTHBEARER" : "XOAUTH2"; }
  bool has_initial_response() const override { return true; }
  /// To a challenge, which says why the token is refused, the dummy response.
  Result<std::string> step(const std::string& challenge) override;
  bool is_complete() const override { return steps_ == 1; }

 private:
  const Kind kind_;
  const std::string user_, token_;
  int steps_ = 0;
};

}  // namespace posthorn::sasl
