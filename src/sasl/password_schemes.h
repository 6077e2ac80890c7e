// The notations in which mail systems keep passwords, each read into a function that checks one.
//
//   $argon2id$ $argon2i$ $argon2d$       PHC strings (Dovecot, Stalwart, OpenLDAP)
//   $pbkdf2-sha256$ ...                  of passlib, and PHC strings of Stalwart
//   $6$ $5$ $1$ $2b$ $y$ ...             crypt(3)
//   {SCHEME}...                          of Dovecot and LDAP (RFC 2307 5.3): a scheme in any case, with `.b64` or
//   `.hex`
//                                        where the bytes behind it are encoded otherwise than usual
//
// What a check may cost is bounded, as an import may bring anything: about a second and 1 GiB.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace posthorn::sasl {

/// Whether the password is the right one, compared in constant time.
using PasswordCheck = std::function<bool(const std::string& password)>;

/// Errors: not_supported (the scheme), invalid (its value).
Result<PasswordCheck> read_password_hash(std::string_view hash);

/// A crypt(3) string: password_crypt.cc. Errors: as above.
Result<PasswordCheck> read_crypt(std::string_view setting);

/// What an Argon2 PHC string asks for.
struct Argon2Cost {
  bool is_argon2id = false;
  std::uint32_t rounds = 0;
  std::uint32_t memory_kib = 0;
};
/// Errors: invalid, also for what is not affordable.
Result<Argon2Cost> read_argon2_cost(std::string_view hash);

}  // namespace posthorn::sasl
