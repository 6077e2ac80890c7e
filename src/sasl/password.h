// Password hashes: Argon2id (RFC 9106) in PHC strings, `$argon2id$v=19$m=19456,t=2,p=1$SALT$HASH`.
//
// Threads: any. Both functions are slow by design: call them through net::Offload.
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

/// Whether `password` belongs to `hash`, compared in constant time. False too for a hash that does not parse or asks
/// for more than 1 GiB or 64 rounds.
bool verify_password(const std::string& hash, const std::string& password);

}  // namespace posthorn::sasl
