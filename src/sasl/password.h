// Password hashes: Argon2id (RFC 9106) in PHC strings, `$argon2id$v=19$m=19456,t=2,p=1$SALT$HASH`, for all that is made
// here; and, to be imported, what other systems keep (password_schemes.h).
//
// Threads: any. Functions that hash are slow by design: call them through net::Offload.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace posthorn::sasl {

/// What a hash costs to make and to guess.
struct PasswordCost {
  std::uint32_t rounds;
  std::uint32_t memory_kib;
};
/// About 20 ms: OWASP's minimum for Argon2id.
constexpr PasswordCost kOrdinaryCost{2, 19 * 1024};
/// Microseconds: for the demo's accounts and for tests.
constexpr PasswordCost kCheapestCost{1, 8};

/// With a fresh salt. Code::unavailable when memory is short.
Result<std::string> hash_password(const std::string& password, PasswordCost cost);

/// Whether `password` belongs to `hash`, of any scheme, compared in constant time. False too for a hash that
/// check_password_hash() refuses.
bool verify_password(const std::string& hash, const std::string& password);

/// Whether verify_password() can judge by this hash. Fast. Errors, in words for whoever imports: not_supported for an
/// unknown scheme, invalid for a hash that does not follow its scheme or costs too much to check.
Result<void> check_password_hash(const std::string& hash);

/// Whether, at a login with the right password, a hash of hash_password(password, cost) had better take its place:
/// anything but Argon2id, or less costly. Fast.
bool needs_rehash(const std::string& hash, PasswordCost cost);

}  // namespace posthorn::sasl
