// A Verifier for scripts that takes every kind of proof, or passwords alone.
#pragma once

#include "sasl/verifier.h"

namespace posthorn::script {

/// SCRAM: alice, whose password is "secret"; busy cannot be verified now. Tokens: "good" is alice's; "later" cannot be
/// verified now.
class Proofs : public sasl::Verifier {
 public:
  explicit Proofs(bool takes_all) : takes_all_(takes_all) {}
  bool takes(sasl::Proof proof) const override { return takes_all_ || proof == sasl::Proof::password; }
  net::Task<Result<sasl::ScramKeys>> scram_keys(sasl::Origin origin, std::string user, codec::Hash hash) override;
  net::Task<Result<sasl::Identity>> conclude_scram(sasl::Origin origin, std::string authorization, std::string user,
                                                   std::optional<std::string> proved) override;
  net::Task<Result<sasl::Identity>> verify_token(sasl::Origin origin, std::string authorization,
                                                 std::string token) override;
  std::string openid_configuration() const override { return "https://id.test/.well-known/openid-configuration"; }

 private:
  const bool takes_all_;
};

}  // namespace posthorn::script
