#include "sasl/password.h"

#include <argon2.h>

#include "base/random.h"
#include "sasl/password_schemes.h"

namespace posthorn::sasl {
namespace {

constexpr std::uint32_t kLanes = 1;
constexpr std::size_t kSaltSize = 16;
constexpr std::size_t kHashSize = 32;

}  // namespace

Result<std::string> hash_password(const std::string& password, PasswordCost cost) {
  const std::string salt = random_bytes(kSaltSize);
  std::string encoded(argon2_encodedlen(cost.rounds, cost.memory_kib, kLanes, kSaltSize, kHashSize, Argon2_id), '\0');
  const int error = argon2id_hash_encoded(cost.rounds, cost.memory_kib, kLanes, password.data(), password.size(),
                                          salt.data(), salt.size(), kHashSize, encoded.data(), encoded.size());
  if (error == ARGON2_MEMORY_ALLOCATION_ERROR) return fail(Code::unavailable, "no memory to hash a password");
  if (error != ARGON2_OK) return fail(Code::internal, argon2_error_message(error));
  encoded.resize(encoded.find('\0'));
  return encoded;
}

bool verify_password(const std::string& hash, const std::string& password) {
  const auto check = read_password_hash(hash);
  return check && (*check)(password);
}

Result<void> check_password_hash(const std::string& hash) {
  const auto check = read_password_hash(hash);
  return check ? Result<void>() : fail(check);
}

bool needs_rehash(const std::string& hash, PasswordCost cost) {
  const auto found = read_argon2_cost(hash);
  return !found || !found->is_argon2id || found->rounds < cost.rounds || found->memory_kib < cost.memory_kib;
}

}  // namespace posthorn::sasl
