// What a server keeps of a password for SCRAM, RFC 5802 3: neither the password nor enough to log in with.
//
// Format: as RFC 5803 prints it, `SCRAM-SHA-256$4096:SALT$STOREDKEY:SERVERKEY`, the three in base64.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/digest.h"

namespace posthorn::sasl {

struct ScramKeys {
  codec::Hash hash = codec::Hash::sha256;  ///< sha1 or sha256
  std::uint32_t iterations = 0;
  std::string salt;
  std::string stored_key;
  std::string server_key;

  // Not part of encode().
  std::string credential = "";  ///< which password it is, for whoever concludes the exchange
  /// Of other passwords of the same user, made with the same salt and iterations: a client is told one salt before it
  /// says which password it has.
  std::vector<ScramKeys> others = {};

  /// RFC 7677 4 asks for 4096 at least; the proof is made by the client at each login, on telephones too.
  static constexpr std::uint32_t kIterations = 10'000;
  static constexpr std::uint32_t kMostIterations = 1'000'000;

  /// With a fresh salt. The password is prepared with SASLprep where it can be, else taken as it is. Slow by design:
  /// net::Offload it.
  static ScramKeys make(codec::Hash hash, std::string_view password, std::uint32_t iterations = kIterations);
  /// What make() does, with the salt given.
  static ScramKeys make(codec::Hash hash, std::string_view password, std::string salt, std::uint32_t iterations);

  std::string encode() const;
  /// encode()'s form, and Dovecot's `{SCRAM-SHA-256}4096,SALT,STOREDKEY,SERVERKEY`. Errors: syntax; invalid for more
  /// than kMostIterations or keys of a wrong size.
  static Result<ScramKeys> decode(std::string_view text);

  /// Whether `password` is the one they were made of, compared in constant time. Slow.
  bool fit(std::string_view password) const;

  friend bool operator==(const ScramKeys&, const ScramKeys&) = default;
};

/// ClientKey of RFC 5802 3, for both roles.
std::string scram_client_key(codec::Hash hash, std::string_view salted_password);
/// Hi(Normalize(password), salt, i).
std::string scram_salted_password(codec::Hash hash, std::string_view password, std::string_view salt,
                                  std::uint32_t iterations);

/// Keys that no password fits, always the same for the same `user` and `secret`, the salt as long as those of make().
ScramKeys made_up_keys(codec::Hash hash, std::string_view user, std::string_view secret);

}  // namespace posthorn::sasl
