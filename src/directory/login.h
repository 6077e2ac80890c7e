// Passwords against the directory: who may log in, for every protocol.
#pragma once

#include "directory/directory.h"
#include "directory/token_issuer.h"
#include "net/offload.h"
#include "sasl/mechanism.h"

namespace posthorn::directory {

class Login final : public sasl::Verifier {
 public:
  /// All must outlive it; without an issuer there are no tokens.
  Login(const Directory& directory, net::Offload& offload, TokenIssuer* issuer = nullptr);

  bool takes(sasl::Proof proof) const override;

  /// Unknown users cost the same time as wrong passwords. Identity::user is the canonical address. Acting for another
  /// (`authorization`) is denied.
  sasl::Task<Result<sasl::Identity>> verify_password(sasl::Origin origin, std::string authorization, std::string user,
                                                     std::string password) override;
  sasl::Task<Result<sasl::Identity>> verify_certificate(sasl::Origin origin, std::string authorization) override;
  sasl::Task<Result<sasl::Identity>> verify_token(sasl::Origin origin, std::string authorization,
                                                  std::string token) override;
  std::string openid_configuration() const override { return issuer_ ? issuer_->openid_configuration() : ""; }

 private:
  Result<sasl::Identity> let_in(const std::string& authorization, const std::string& user) const;
  Result<sasl::Identity> verify(const std::string& authorization, const std::string& user,
                                const std::string& password) const;

  const Directory& directory_;
  net::Offload& offload_;
  TokenIssuer* const issuer_;
  const std::string decoy_;  ///< a hash that no password fits, checked where there is no user
};

}  // namespace posthorn::directory
