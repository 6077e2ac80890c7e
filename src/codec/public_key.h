// Public keys and the signatures made with their private halves, by OpenSSL.
//
// Threads: any.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

struct evp_pkey_st;

namespace posthorn::codec {

/// How a message was signed. A key of one kind verifies the algorithms of that kind alone.
enum class SignatureAlgorithm {
  rsa_pkcs1_sha256,  ///< RFC 8017 8.2
  rsa_pkcs1_sha384,
  rsa_pkcs1_sha512,
  rsa_pss_sha256,  ///< RFC 8017 8.1, the salt as long as the digest
  rsa_pss_sha384,
  rsa_pss_sha512,
  ecdsa_p256_sha256,  ///< the signature is r and s, of 32 bytes each
  ecdsa_p384_sha384,  ///< of 48 bytes each
  ed25519,            ///< RFC 8032 5.1
};

class PublicKey {
 public:
  /// Numbers are big-endian. Errors: invalid, also for RSA keys below 2048 and above 8192 bits, and for points that are
  /// not on their curve.
  static Result<PublicKey> rsa(std::string_view modulus, std::string_view exponent);
  static Result<PublicKey> ecdsa_p256(std::string_view x, std::string_view y);
  static Result<PublicKey> ecdsa_p384(std::string_view x, std::string_view y);
  static Result<PublicKey> ed25519(std::string_view bytes);

  bool verifies(SignatureAlgorithm algorithm, std::string_view message, std::string_view signature) const;

 private:
  enum class Kind { rsa, p256, p384, ed25519 };
  PublicKey(Kind kind, evp_pkey_st* key);
  static Result<PublicKey> ecdsa(Kind kind, const char* group, std::size_t size, std::string_view x,
                                 std::string_view y);

  Kind kind_;
  std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace posthorn::codec
