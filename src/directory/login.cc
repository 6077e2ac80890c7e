#include "directory/login.h"

#include "base/random.h"
#include "sasl/password.h"

namespace posthorn::directory {

Login::Login(const Directory& directory, net::Offload& offload)
    : directory_(directory),
      offload_(offload),
      decoy_(sasl::hash_password(random_name(20), sasl::kOrdinaryCost).value_or("")) {}

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

}  // namespace posthorn::directory
