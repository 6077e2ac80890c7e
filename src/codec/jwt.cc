#include "codec/jwt.h"

#include <algorithm>

#include "base/text.h"
#include "codec/base64.h"
#include "codec/digest.h"

namespace posthorn::codec {
namespace {

constexpr std::size_t kLongestToken = 64 * 1024;
constexpr std::size_t kMostKeys = 64;
constexpr std::size_t kShortestSecret = 32;  // RFC 7518 3.2, for HS256

struct Signed {
  std::string_view name;
  SignatureAlgorithm algorithm;
};
// RFC 7518 3.1, RFC 8037 3.1
constexpr Signed kSigned[] = {
    {"RS256", SignatureAlgorithm::rsa_pkcs1_sha256},  {"RS384", SignatureAlgorithm::rsa_pkcs1_sha384},
    {"RS512", SignatureAlgorithm::rsa_pkcs1_sha512},  {"PS256", SignatureAlgorithm::rsa_pss_sha256},
    {"PS384", SignatureAlgorithm::rsa_pss_sha384},    {"PS512", SignatureAlgorithm::rsa_pss_sha512},
    {"ES256", SignatureAlgorithm::ecdsa_p256_sha256}, {"ES384", SignatureAlgorithm::ecdsa_p384_sha384},
    {"EdDSA", SignatureAlgorithm::ed25519},
};

struct Keyed {
  std::string_view name;
  Hash hash;
};
constexpr Keyed kKeyed[] = {{"HS256", Hash::sha256}, {"HS384", Hash::sha384}, {"HS512", Hash::sha512}};

std::string bytes_of(const JsonObject& jwk, std::string_view member) {
  const auto text = jwk.text(member);
  return text ? base64url_decode(*text).value_or("") : "";
}

bool is_for_signatures(const JsonObject& jwk) {
  const auto operations = jwk.texts("key_ops");
  return jwk.text("use").value_or("sig") == "sig" &&
         (operations.empty() || std::ranges::find(operations, "verify") != operations.end());
}

Result<PublicKey> public_key(const JsonObject& jwk) {
  const auto kind = jwk.text("kty").value_or(""), curve = jwk.text("crv").value_or("");
  if (kind == "RSA") return PublicKey::rsa(bytes_of(jwk, "n"), bytes_of(jwk, "e"));
  if (kind == "EC" && curve == "P-256") return PublicKey::ecdsa_p256(bytes_of(jwk, "x"), bytes_of(jwk, "y"));
  if (kind == "EC" && curve == "P-384") return PublicKey::ecdsa_p384(bytes_of(jwk, "x"), bytes_of(jwk, "y"));
  if (kind == "OKP" && curve == "Ed25519") return PublicKey::ed25519(bytes_of(jwk, "x"));
  return fail(Code::not_supported, "an unknown kind of key");
}

// RFC 8725 3.11: a token of another purpose is not an access token, whoever signed it.
bool is_known_type(const JsonObject& header) {
  auto type = to_lower(header.text("typ").value_or("jwt"));
  if (type.starts_with("application/")) type.erase(0, sizeof("application/") - 1);
  return type == "jwt" || type == "at+jwt";
}

std::unexpected<Error> no_token() { return fail(Code::syntax, "it is no JSON Web Token"); }

Result<void> refused(const char* what) { return fail(Code::bad_credentials, std::string("the token ") + what); }

}  // namespace

Result<std::vector<JsonWebKey>> parse_json_web_keys(std::string_view json) {
  const auto set = JsonObject::parse(json);
  if (!set) return fail(set);
  std::vector<JsonWebKey> keys;
  for (const auto& jwk : set->objects("keys")) {
    if (keys.size() == kMostKeys) break;
    auto key = public_key(jwk);
    if (!key || !is_for_signatures(jwk)) continue;
    keys.push_back({jwk.text("kid").value_or(""), jwk.text("alg").value_or(""), std::move(*key)});
  }
  return keys;
}

Result<JsonWebToken> JsonWebToken::parse(std::string_view token) {
  const auto parts = split(token, '.');
  if (token.size() > kLongestToken || parts.size() != 3) return no_token();
  const auto header_json = base64url_decode(parts[0]), claims_json = base64url_decode(parts[1]);
  auto signature = base64url_decode(parts[2]);
  if (!header_json || !claims_json || !signature) return no_token();
  const auto header = JsonObject::parse(*header_json);
  auto claims = JsonObject::parse(*claims_json);
  if (!header || !claims || !header->text("alg")) return no_token();
  // RFC 7515 4.1.11: what is critical and not understood makes the token invalid.
  if (header->has("crit") || !is_known_type(*header))
    return fail(Code::not_supported, "a token of this kind is not for logging in");
  JsonWebToken out(std::move(*claims));
  out.algorithm_ = *header->text("alg");
  out.key_id_ = header->text("kid").value_or("");
  out.signed_part_ = token.substr(0, parts[0].size() + 1 + parts[1].size());
  out.signature_ = std::move(*signature);
  return out;
}

bool JsonWebToken::is_signed_by(const JsonWebKey& key) const {
  const auto* found = std::ranges::find(kSigned, algorithm_, &Signed::name);
  if (found == std::end(kSigned) || (!key.algorithm.empty() && key.algorithm != algorithm_)) return false;
  return key.key.verifies(found->algorithm, signed_part_, signature_);
}

bool JsonWebToken::is_signed_by_secret(std::string_view secret) const {
  const auto* found = std::ranges::find(kKeyed, algorithm_, &Keyed::name);
  if (found == std::end(kKeyed) || secret.size() < kShortestSecret) return false;
  return equal_in_constant_time(hmac(found->hash, secret, signed_part_), signature_);
}

Result<void> check_times(const JsonObject& claims, WallTime now, Duration leeway) {
  const auto seconds = to_seconds(now), spare = std::chrono::ceil<std::chrono::seconds>(leeway).count();
  // A claim that is there but is no number does not count as missing.
  for (const char* name : {"exp", "nbf", "iat"})
    if (claims.has(name) && !claims.number(name)) return refused("has times that are no numbers");
  if (claims.number("exp").value_or(INT64_MAX) <= seconds - spare) return refused("has expired");
  if (claims.number("nbf").value_or(0) > seconds + spare) return refused("is not valid yet");
  if (claims.number("iat").value_or(0) > seconds + spare) return refused("was issued in the future");
  return {};
}

Result<void> check_claims(const JsonObject& claims, const ClaimRules& rules) {
  if (claims.text("iss") != rules.issuer) return refused("is of another issuer");
  const auto audience = claims.texts("aud");
  if (!rules.audience.empty() && std::ranges::find(audience, rules.audience) == audience.end())
    return refused("is for another audience");
  if (!claims.number("exp")) return refused("does not say when it expires");
  return check_times(claims, rules.now, rules.leeway);
}

}  // namespace posthorn::codec
