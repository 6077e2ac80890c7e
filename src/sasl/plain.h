// PLAIN, RFC 4616: message = [authzid] NUL authcid NUL passwd.
#pragma once

#include "sasl/mechanism.h"

namespace posthorn::sasl {

struct PlainMessage {
  std::string authorization;  ///< "" for none
  std::string user;
  std::string password;

  /// Strict: exactly two NULs, user and password not empty, each part at most 255 characters' worth of 1020 bytes of
  /// valid UTF-8. Code::syntax otherwise.
  static Result<PlainMessage> parse(std::string_view bytes);
  std::string print() const;
};

class PlainServer final : public ServerMechanism {
 public:
  PlainServer(Origin origin, Verifier* verifier) : origin_(std::move(origin)), verifier_(verifier) {}
  Task<Step> step(std::string response) override;

 private:
  Origin origin_;
  Verifier* verifier_;
};

class PlainClient final : public ClientMechanism {
 public:
  explicit PlainClient(PlainMessage message) : message_(std::move(message)) {}
  std::string_view name() const override { return "PLAIN"; }
  bool has_initial_response() const override { return true; }
  Result<std::string> step(const std::string& challenge) override;
  bool is_complete() const override { return is_sent_; }

 private:
  PlainMessage message_;
  bool is_sent_ = false;
};

}  // namespace posthorn::sasl
