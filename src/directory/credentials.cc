#include "directory/credentials.h"

#include "codec/saslprep.h"

namespace posthorn::directory {

std::string scram_keys_of(codec::Hash hash, const std::string& password, const std::string& address,
                          const std::string& secret) {
  const auto like = sasl::made_up_keys(hash, address, secret);
  return sasl::ScramKeys::make(hash, password, like.salt, like.iterations).encode();
}

Result<void> set_password(AccountEntry& entry, const std::string& password, const PasswordPolicy& policy,
                          const std::string& secret) {
  auto hash = sasl::hash_password(codec::saslprep(password).value_or(password), policy.cost);
  if (!hash) return fail(hash);
  entry.password_hash = std::move(*hash);
  ++entry.credential_version;
  entry.scram_sha_256.clear();
  entry.scram_sha_1.clear();
  if (!policy.scram) return {};
  entry.scram_sha_256 = scram_keys_of(codec::Hash::sha256, password, entry.address, secret);
  entry.scram_sha_1 = scram_keys_of(codec::Hash::sha1, password, entry.address, secret);
  return {};
}

Result<void> set_password_hash(AccountEntry& entry, std::string hash) {
  if (auto good = sasl::check_password_hash(hash); !good) return good;
  entry.password_hash = std::move(hash);
  ++entry.credential_version;
  entry.scram_sha_256.clear();
  entry.scram_sha_1.clear();
  return {};
}

}  // namespace posthorn::directory
