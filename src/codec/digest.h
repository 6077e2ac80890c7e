// Digests and keyed digests, by OpenSSL. Values are raw bytes (base's to_hex prints them).
//
// Threads: the functions may be called from any thread; a Digest belongs to one at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace posthorn::codec {

/// md5 and sha1 are here for protocols that name them (Content-MD5, CRAM-MD5, SCRAM-SHA-1), not for safety.
enum class Hash { md5, sha1, sha256, sha384, sha512 };

/// Bytes of a value: 16, 20, 32, 48, 64.
std::size_t size_of(Hash hash);

/// A digest of bytes that come in pieces. Contexts are pooled per thread, so that making one costs little.
class Digest {
 public:
  explicit Digest(Hash hash);
  Digest(Digest&&) noexcept = default;
  Digest& operator=(Digest&&) noexcept = default;

  void update(std::string_view bytes);
  /// The value; the digest then begins anew.
  std::string finish();

 private:
  struct GiveBack {
    void operator()(evp_md_ctx_st* context) const;
  };
  Hash hash_;
  std::unique_ptr<evp_md_ctx_st, GiveBack> context_;
};

std::string digest(Hash hash, std::string_view bytes);
inline std::string sha256(std::string_view bytes) { return digest(Hash::sha256, bytes); }
inline std::string sha1(std::string_view bytes) { return digest(Hash::sha1, bytes); }

/// RFC 2104.
std::string hmac(Hash hash, std::string_view key, std::string_view bytes);
/// RFC 8018 5.2: `size_of(hash)` bytes, which is Hi() of RFC 5802 2.2. `rounds` > 0. Slow by design: net::offload it.
std::string pbkdf2(Hash hash, std::string_view password, std::string_view salt, unsigned rounds);

/// Equality in a time that depends on the lengths alone; for secrets.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace posthorn::codec
