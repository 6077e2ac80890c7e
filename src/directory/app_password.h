// Passwords that we make, for one program each: an app password for what logs in, a send-only key for what sends.
//
// A secret is 25 characters, `k7m2x-...` in groups of five: 125 bits from the system's randomness. Nobody guesses or
// tries through 2^125 values, however fast one trial is: so its keyed digest is enough, no slow hash is needed, and a
// login with one costs a look-up. The digest's key keeps digests of two installations apart.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "directory/entry.h"

namespace posthorn::directory {

inline constexpr std::size_t kMostAppPasswords = 100;  ///< an account

std::string make_app_secret();

/// The characters of a secret as it was typed: without spaces and hyphens, in lower case, with 0 for o and 1 for l and
/// i. nullopt for what cannot be one.
std::optional<std::string> read_app_secret(std::string_view typed);

/// `secret` as read_app_secret() gives it; `key` is Directory::secret().
std::string app_secret_digest(std::string_view key, AccountId account, std::string_view secret);

/// A sender that an app password may name: an address, or `*@domain`, canonical. Errors: syntax.
Result<std::string> canonical_sender(std::string_view pattern);
/// `address` canonical.
bool may_send_as(const AppPassword& entry, std::string_view address);

}  // namespace posthorn::directory
