// User names with `recent:` before them, as Gmail has it: the session shows the messages of the last 30 days, whichever
// other client has fetched them.
#pragma once

#include <string>

#include "sasl/verifier.h"

namespace posthorn::pop3 {

/// Judges as another verifier does, by the names without `recent:`, and remembers whether it stood there. One a
/// session.
class UserNames final : public sasl::Verifier {
 public:
  /// `verifier` outlives it.
  explicit UserNames(sasl::Verifier* verifier) : verifier_(verifier) {}

  /// Of the name that was judged last.
  bool is_recent() const { return is_recent_; }

  bool takes(sasl::Proof proof) const override { return verifier_->takes(proof); }
  sasl::Task<Result<sasl::Identity>> verify_password(sasl::Origin origin, std::string authorization, std::string user,
                                                     std::string password) override;
  sasl::Task<Result<sasl::ScramKeys>> scram_keys(sasl::Origin origin, std::string user, codec::Hash hash) override;
  sasl::Task<Result<sasl::Identity>> conclude_scram(sasl::Origin origin, std::string authorization, std::string user,
                                                    std::optional<std::string> proved) override;
  sasl::Task<Result<sasl::Identity>> verify_certificate(sasl::Origin origin, std::string authorization) override;
  sasl::Task<Result<sasl::Identity>> verify_token(sasl::Origin origin, std::string authorization,
                                                  std::string token) override;
  std::string openid_configuration() const override { return verifier_->openid_configuration(); }

 private:
  std::string plain(std::string name);

  sasl::Verifier* verifier_;
  bool is_recent_ = false;
};

}  // namespace posthorn::pop3
