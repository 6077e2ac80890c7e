// EXTERNAL, RFC 4422 appendix A: whoever the TLS client certificate names.
#pragma once

#include "sasl/mechanism.h"

namespace posthorn::sasl {

class ExternalServer final : public ServerMechanism {
 public:
  ExternalServer(Origin origin, Verifier* verifier) : origin_(std::move(origin)), verifier_(verifier) {}
  /// The authorization identity, "" for that of the certificate.
  Task<Step> step(std::string response) override;

 private:
  const Origin origin_;
  Verifier* const verifier_;
};

class ExternalClient final : public ClientMechanism {
 public:
  explicit ExternalClient(std::string authorization) : authorization_(std::move(authorization)) {}
  std::string_view name() const override { return "EXTERNAL"; }
  bool has_initial_response() const override { return true; }
  Result<std::string> step(const std::string& challenge) override;
  bool is_complete() const override { return is_sent_; }

 private:
  const std::string authorization_;
  bool is_sent_ = false;
};

}  // namespace posthorn::sasl
