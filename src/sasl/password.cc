#include "sasl/password.h"

#include <argon2.h>

#include "abnf/cursor.h"
#include "base/random.h"

namespace posthorn::sasl {
namespace {

constexpr std::uint32_t kLanes = 1;
constexpr std::size_t kSaltSize = 16;
constexpr std::size_t kHashSize = 32;

// A hash may come from an import: one that asks for a terabyte must not be tried.
bool is_affordable(const std::string& hash) {
  abnf::Cursor c(hash);
  c.require_text("$argon2id$v=19$m=");
  const auto memory_kib = c.number<std::uint32_t>();
  c.require_text(",t=");
  const auto rounds = c.number<std::uint32_t>();
  c.require_text(",p=");
  const auto lanes = c.number<std::uint32_t>();
  c.require_char('$');
  return c.ok() && memory_kib <= 1024 * 1024 && rounds <= 64 && lanes <= 16;
}

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
  return is_affordable(hash) && argon2id_verify(hash.c_str(), password.data(), password.size()) == ARGON2_OK;
}

}  // namespace posthorn::sasl
