// Passwords against the directory: who may log in, for every protocol.
#pragma once

#include "directory/directory.h"
#include "net/offload.h"
#include "sasl/mechanism.h"

namespace posthorn::directory {

class Login final : public sasl::Verifier {
 public:
  /// Both must outlive it.
  Login(const Directory& directory, net::Offload& offload);

  /// Unknown users cost the same time as wrong passwords. Identity::user is the canonical address. Acting for another
  /// (`authorization`) is denied.
  sasl::Task<Result<sasl::Identity>> verify_password(sasl::Origin origin, std::string authorization, std::string user,
                                                     std::string password) override;

 private:
  Result<sasl::Identity> verify(const std::string& authorization, const std::string& user,
                                const std::string& password) const;

  const Directory& directory_;
  net::Offload& offload_;
  const std::string decoy_;  ///< a hash that no password fits, checked where there is no user
};

}  // namespace posthorn::directory
