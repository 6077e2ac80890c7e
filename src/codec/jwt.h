// JSON Web Tokens as RFC 7519 and RFC 7515 (compact form) have them, and the keys of RFC 7517, checked as RFC 8725
// says: the algorithm must be one that the key is for, and `none` is none.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "codec/json_object.h"
#include "codec/public_key.h"

namespace posthorn::codec {

/// A key that an issuer signs with (RFC 7517).
struct JsonWebKey {
  std::string id;         ///< `kid`, "" for none
  std::string algorithm;  ///< `alg`, "" for any that fits the key
  PublicKey key;
};

/// Of a JWK Set (RFC 7517 5), the keys that can verify signatures. Others are passed over: secrets (a public set makes
/// them known to all), keys for encryption, unknown kinds, and what is more than 64. Errors: syntax.
Result<std::vector<JsonWebKey>> parse_json_web_keys(std::string_view json);

class JsonWebToken {
 public:
  /// Header and claims are read, nothing is verified. Errors: syntax; not_supported for a header with `crit`, of a
  /// `typ` that is no access or identity token's, or encrypted ones.
  static Result<JsonWebToken> parse(std::string_view token);

  const std::string& algorithm() const { return algorithm_; }
  const std::string& key_id() const { return key_id_; }
  const JsonObject& claims() const { return claims_; }

  /// By RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384 or EdDSA.
  bool is_signed_by(const JsonWebKey& key) const;
  /// By HS256, HS384 or HS512 (RFC 7518 3.2). False for a secret shorter than 32 bytes.
  bool is_signed_by_secret(std::string_view secret) const;

 private:
  explicit JsonWebToken(JsonObject claims) : claims_(std::move(claims)) {}

  std::string algorithm_, key_id_;
  std::string signed_part_, signature_;
  JsonObject claims_;
};

struct ClaimRules {
  std::string issuer;
  std::string audience;  ///< "": any
  WallTime now;
  Duration leeway = std::chrono::seconds(60);  ///< that clocks may differ
};

/// iss, aud, exp (must be there), nbf and iat, RFC 7519 4.1. Errors: bad_credentials, naming the claim.
Result<void> check_claims(const JsonObject& claims, const ClaimRules& rules);
/// exp, nbf and iat alone; exp may be missing.
Result<void> check_times(const JsonObject& claims, WallTime now, Duration leeway);

}  // namespace posthorn::codec
