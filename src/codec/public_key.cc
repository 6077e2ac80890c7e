#include "codec/public_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <optional>

namespace posthorn::codec {
namespace {

using Algorithm = SignatureAlgorithm;

template <auto kFree>
struct Freer {
  template <class T>
  void operator()(T* p) const {
    kFree(p);
  }
};
using Number = std::unique_ptr<BIGNUM, Freer<BN_free>>;
using Building = std::unique_ptr<OSSL_PARAM_BLD, Freer<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, Freer<OSSL_PARAM_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Freer<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freer<EVP_MD_CTX_free>>;
using EcSignature = std::unique_ptr<ECDSA_SIG, Freer<ECDSA_SIG_free>>;

const unsigned char* raw(std::string_view s) { return reinterpret_cast<const unsigned char*>(s.data()); }

Number number(std::string_view bytes) { return Number(BN_bin2bn(raw(bytes), static_cast<int>(bytes.size()), nullptr)); }

std::unexpected<Error> no_key() {
  ERR_clear_error();
  return fail(Code::invalid, "the public key is not acceptable");
}

EVP_PKEY* key_of(const char* type, OSSL_PARAM_BLD* building) {
  const Parameters parameters(OSSL_PARAM_BLD_to_param(building));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1)
    return nullptr;
  return key;
}

bool is_on_curve(EVP_PKEY* key) {
  const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  return context && EVP_PKEY_public_check(context.get()) == 1;
}

struct Signing {
  const EVP_MD* digest;
  bool is_pss;
};

Signing signing(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::rsa_pkcs1_sha256: return {EVP_sha256(), false};
    case Algorithm::rsa_pkcs1_sha384: return {EVP_sha384(), false};
    case Algorithm::rsa_pkcs1_sha512: return {EVP_sha512(), false};
    case Algorithm::rsa_pss_sha256: return {EVP_sha256(), true};
    case Algorithm::rsa_pss_sha384: return {EVP_sha384(), true};
    case Algorithm::rsa_pss_sha512: return {EVP_sha512(), true};
    case Algorithm::ecdsa_p256_sha256: return {EVP_sha256(), false};
    case Algorithm::ecdsa_p384_sha384: return {EVP_sha384(), false};
    case Algorithm::ed25519: return {nullptr, false};
  }
  return {nullptr, false};
}

// OpenSSL wants r and s in DER.
std::optional<std::string> ecdsa_der(std::string_view signature, std::size_t size) {
  if (signature.size() != 2 * size) return std::nullopt;
  const EcSignature both(ECDSA_SIG_new());
  // ECDSA_SIG_set0 takes both.
  if (!both || ECDSA_SIG_set0(both.get(), number(signature.substr(0, size)).release(),
                              number(signature.substr(size)).release()) != 1)
    return std::nullopt;
  unsigned char* der = nullptr;
  const int n = i2d_ECDSA_SIG(both.get(), &der);
  if (n <= 0) return std::nullopt;
  std::string out(reinterpret_cast<const char*>(der), static_cast<std::size_t>(n));
  OPENSSL_free(der);
  return out;
}

}  // namespace

PublicKey::PublicKey(Kind kind, evp_pkey_st* key) : kind_(kind), key_(key, EVP_PKEY_free) {}

Result<PublicKey> PublicKey::rsa(std::string_view modulus, std::string_view exponent) {
  if (modulus.size() > 1025 || exponent.size() > 8) return no_key();
  const auto n = number(modulus), e = number(exponent);
  if (!n || !e || BN_num_bits(n.get()) < 2048 || BN_num_bits(n.get()) > 8192 || !BN_is_odd(n.get()) ||
      !BN_is_odd(e.get()) || BN_is_one(e.get()))
    return no_key();
  const Building building(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_BN(building.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
  OSSL_PARAM_BLD_push_BN(building.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
  EVP_PKEY* key = key_of("RSA", building.get());
  return key == nullptr ? no_key() : Result<PublicKey>(PublicKey(Kind::rsa, key));
}

Result<PublicKey> PublicKey::ecdsa(Kind kind, const char* group, std::size_t size, std::string_view x,
                                   std::string_view y) {
  if (x.size() != size || y.size() != size) return no_key();
  const std::string point = "\x04" + std::string(x) + std::string(y);
  const Building building(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(building.get(), OSSL_PKEY_PARAM_GROUP_NAME, group, 0);
  OSSL_PARAM_BLD_push_octet_string(building.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  EVP_PKEY* key = key_of("EC", building.get());
  if (key == nullptr) return no_key();
  PublicKey made(kind, key);
  return is_on_curve(key) ? Result<PublicKey>(std::move(made)) : no_key();
}

Result<PublicKey> PublicKey::ecdsa_p256(std::string_view x, std::string_view y) {
  return ecdsa(Kind::p256, "P-256", 32, x, y);
}

Result<PublicKey> PublicKey::ecdsa_p384(std::string_view x, std::string_view y) {
  return ecdsa(Kind::p384, "P-384", 48, x, y);
}

Result<PublicKey> PublicKey::ed25519(std::string_view bytes) {
  EVP_PKEY* key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, raw(bytes), bytes.size());
  return key == nullptr ? no_key() : Result<PublicKey>(PublicKey(Kind::ed25519, key));
}

bool PublicKey::verifies(SignatureAlgorithm algorithm, std::string_view message, std::string_view signature) const {
  const Kind wanted = algorithm == Algorithm::ecdsa_p256_sha256   ? Kind::p256
                      : algorithm == Algorithm::ecdsa_p384_sha384 ? Kind::p384
                      : algorithm == Algorithm::ed25519           ? Kind::ed25519
                                                                  : Kind::rsa;
  if (kind_ != wanted) return false;
  std::string der;
  if (kind_ == Kind::p256 || kind_ == Kind::p384) {
    auto converted = ecdsa_der(signature, kind_ == Kind::p256 ? 32 : 48);
    if (!converted) return false;
    der = std::move(*converted);
    signature = der;
  }
  const auto [digest, is_pss] = signing(algorithm);
  const DigestContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* parameters = nullptr;
  bool is_good = context && EVP_DigestVerifyInit(context.get(), &parameters, digest, nullptr, key_.get()) == 1;
  if (is_good && is_pss)
    is_good = EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1 &&
              EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) == 1;
  is_good =
      is_good && EVP_DigestVerify(context.get(), raw(signature), signature.size(), raw(message), message.size()) == 1;
  ERR_clear_error();
  return is_good;
}

}  // namespace posthorn::codec
