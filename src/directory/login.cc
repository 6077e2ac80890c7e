#include "directory/login.h"

#include "base/random.h"
#include "sasl/password.h"

namespace posthorn::directory {

Login::Login(const Directory& directory, net::Offload& offload, TokenIssuer* issuer)
    : directory_(directory),
      offload_(offload),
      issuer_(issuer),
      decoy_(sasl::hash_password(random_name(20), sasl::kOrdinaryCost).value_or("")) {}

bool Login::takes(sasl::Proof proof) const {
  return proof == sasl::Proof::password || proof == sasl::Proof::certificate ||
         (proof == sasl::Proof::token && issuer_ != nullptr);
}

sasl::Task<Result<sasl::Identity>> Login::verify_password(sasl::Origin, std::string authorization, std::string user,
                                                          std::string password) {
  co_return co_await offload_.run([&] { return verify(authorization, user, password); });
}

Result<sasl::Identity> Login::verify(const std::string& authorization, const std::string& user,
                                     const std::string& password) const {
  const auto wrong = [] { return fail(Code::bad_credentials, "the user name or the password is wrong"); };
  const auto entry = directory_.find(user);
  if (!entry) return fail(entry);
  if (!*entry) {
    sasl::verify_password(decoy_, password);
    return wrong();
  }
  if (!sasl::verify_password((*entry)->password_hash, password)) return wrong();
  if (!authorization.empty() && canonical_address(authorization).value_or("") != (*entry)->address)
    return fail(Code::denied, "this user may not act for another");
  return sasl::Identity{(*entry)->address};
}

sasl::Task<Result<sasl::Identity>> Login::verify_certificate(sasl::Origin origin, std::string authorization) {
  co_return co_await offload_.run([&]() -> Result<sasl::Identity> {
    for (const auto& address : origin.certificate_addresses) {
      auto identity = let_in(authorization, address);
      if (identity || identity.error().code != Code::bad_credentials) return identity;
    }
    return fail(Code::bad_credentials, "the certificate is nobody's");
  });
}

sasl::Task<Result<sasl::Identity>> Login::verify_token(sasl::Origin, std::string authorization, std::string token) {
  const auto claims = co_await issuer_->verify(std::move(token));
  if (!claims) co_return fail(claims);
  co_return co_await offload_.run([&] { return let_in(authorization, claims->user); });
}

Result<sasl::Identity> Login::let_in(const std::string& authorization, const std::string& user) const {
  const auto entry = directory_.find(user);
  if (!entry) return fail(entry);
  if (!*entry) return fail(Code::bad_credentials, "there is no such user");
  if (!authorization.empty() && canonical_address(authorization).value_or("") != (*entry)->address)
    return fail(Code::denied, "this user may not act for another");
  return sasl::Identity{(*entry)->address};
}

}  // namespace posthorn::directory
