// What is kept of a password: a slow hash, and the keys by which SCRAM checks it without seeing it.
#pragma once

#include <string>

#include "directory/entry.h"
#include "sasl/password.h"
#include "sasl/scram_keys.h"

namespace posthorn::directory {

struct PasswordPolicy {
  sasl::PasswordCost cost = sasl::kOrdinaryCost;
  bool scram = true;  ///< make keys for SCRAM
  friend bool operator==(const PasswordPolicy& a, const PasswordPolicy& b) {
    return a.cost.rounds == b.cost.rounds && a.cost.memory_kib == b.cost.memory_kib && a.scram == b.scram;
  }
};

/// SCRAM keys of `password`. All passwords of an account have one salt, which is made of its address and the
/// installation's `secret`, as it is for accounts that are not there: so nobody learns who is there, and a proof can be
/// compared with each of them.
std::string scram_keys_of(codec::Hash hash, const std::string& password, const std::string& address,
                          const std::string& secret);

/// The entry's password is `password` from now on, in the form of SASLprep where it has one (RFC 4616 2). Slow. Errors:
/// unavailable when memory is short.
Result<void> set_password(AccountEntry& entry, const std::string& password, const PasswordPolicy& policy,
                          const std::string& secret);
/// The entry's password is what `hash` (sasl/password.h) is made of. Errors: those of check_password_hash().
Result<void> set_password_hash(AccountEntry& entry, std::string hash);

}  // namespace posthorn::directory
