#include "codec/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <new>
#include <vector>

namespace posthorn::codec {
namespace {

constexpr std::size_t kPooled = 16;

const unsigned char* raw(std::string_view s) { return reinterpret_cast<const unsigned char*>(s.data()); }
unsigned char* raw(std::string& s) { return reinterpret_cast<unsigned char*>(s.data()); }

// OpenSSL 3 looks an algorithm up by name at each use of EVP_sha256(), which costs as much as a short digest: fetch
// once.
const EVP_MD* algorithm(Hash hash) {
  static const std::array<EVP_MD*, 5> fetched = {
      EVP_MD_fetch(nullptr, "MD5", nullptr), EVP_MD_fetch(nullptr, "SHA1", nullptr),
      EVP_MD_fetch(nullptr, "SHA2-256", nullptr), EVP_MD_fetch(nullptr, "SHA2-384", nullptr),
      EVP_MD_fetch(nullptr, "SHA2-512", nullptr)};
  return fetched[static_cast<std::size_t>(hash)];
}

struct Pool {
  std::vector<EVP_MD_CTX*> contexts;
  ~Pool() {
    for (auto* context : contexts) EVP_MD_CTX_free(context);
  }
};
thread_local Pool pool;

EVP_MD_CTX* take_context() {
  if (pool.contexts.empty()) {
    auto* context = EVP_MD_CTX_new();
    if (context == nullptr) throw std::bad_alloc();
    return context;
  }
  auto* context = pool.contexts.back();
  pool.contexts.pop_back();
  return context;
}

}  // namespace

std::size_t size_of(Hash hash) {
  switch (hash) {
    case Hash::md5: return 16;
    case Hash::sha1: return 20;
    case Hash::sha256: return 32;
    case Hash::sha384: return 48;
    case Hash::sha512: return 64;
  }
  return 0;
}

void Digest::GiveBack::operator()(evp_md_ctx_st* context) const {
  if (pool.contexts.size() < kPooled)
    pool.contexts.push_back(context);
  else
    EVP_MD_CTX_free(context);
}

Digest::Digest(Hash hash) : hash_(hash), context_(take_context()) {
  EVP_DigestInit_ex2(context_.get(), algorithm(hash), nullptr);
}

void Digest::update(std::string_view bytes) { EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()); }

std::string Digest::finish() {
  std::string value(size_of(hash_), '\0');
  EVP_DigestFinal_ex(context_.get(), raw(value), nullptr);
  EVP_DigestInit_ex2(context_.get(), algorithm(hash_), nullptr);
  return value;
}

std::string digest(Hash hash, std::string_view bytes) {
  std::string value(size_of(hash), '\0');
  auto* context = take_context();
  EVP_DigestInit_ex2(context, algorithm(hash), nullptr);
  EVP_DigestUpdate(context, bytes.data(), bytes.size());
  EVP_DigestFinal_ex(context, raw(value), nullptr);
  pool.contexts.push_back(context);
  return value;
}

std::string hmac(Hash hash, std::string_view key, std::string_view bytes) {
  std::string value(size_of(hash), '\0');
  unsigned length = 0;
  // HMAC() takes a null key to mean "as before": an empty view must not be one.
  const auto* k = key.empty() ? raw(std::string_view("")) : raw(key);
  HMAC(algorithm(hash), k, static_cast<int>(key.size()), raw(bytes), bytes.size(), raw(value), &length);
  return value;
}

std::string pbkdf2(Hash hash, std::string_view password, std::string_view salt, unsigned rounds) {
  std::string value(size_of(hash), '\0');
  PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), raw(salt), static_cast<int>(salt.size()),
                    static_cast<int>(rounds), algorithm(hash), static_cast<int>(value.size()), raw(value));
  return value;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && (a.empty() || CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0);
}

}  // namespace posthorn::codec
