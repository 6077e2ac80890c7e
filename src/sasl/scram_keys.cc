#include "sasl/scram_keys.h"

#include "abnf/cursor.h"
#include "base/random.h"
#include "codec/base64.h"
#include "codec/saslprep.h"

namespace posthorn::sasl {
namespace {

constexpr std::size_t kSaltSize = 16;
constexpr std::size_t kLongestSalt = 1024;

std::string_view name_of(codec::Hash hash) { return hash == codec::Hash::sha1 ? "SCRAM-SHA-1" : "SCRAM-SHA-256"; }

// One of the three, up to `end` (NUL for the end of the text).
std::string base64_field(abnf::Cursor& c, char end) {
  const auto text = c.take_while([end](char x) { return x != end; });
  if (end == '\0')
    c.require_end();
  else
    c.require_char(end);
  auto bytes = codec::base64_decode(text);
  if (!bytes || bytes->empty()) {
    c.fail("base64 is expected");
    return {};
  }
  return std::move(*bytes);
}

Result<void> check(const ScramKeys& keys) {
  const auto size = codec::size_of(keys.hash);
  if (keys.stored_key.size() != size || keys.server_key.size() != size)
    return fail(Code::invalid, "the keys do not have the size of their hash");
  if (keys.iterations == 0 || keys.iterations > ScramKeys::kMostIterations)
    return fail(Code::invalid, "the number of iterations is not acceptable");
  if (keys.salt.size() > kLongestSalt) return fail(Code::invalid, "the salt is too long");
  return {};
}

}  // namespace

std::string scram_salted_password(codec::Hash hash, std::string_view password, std::string_view salt,
                                  std::uint32_t iterations) {
  const auto prepared = codec::saslprep(password);
  return codec::pbkdf2(hash, prepared ? *prepared : password, salt, iterations);
}

std::string scram_client_key(codec::Hash hash, std::string_view salted_password) {
  return codec::hmac(hash, salted_password, "Client Key");
}

ScramKeys ScramKeys::make(codec::Hash hash, std::string_view password, std::uint32_t iterations) {
  return make(hash, password, random_bytes(kSaltSize), iterations);
}

ScramKeys ScramKeys::make(codec::Hash hash, std::string_view password, std::string salt, std::uint32_t iterations) {
  const auto salted = scram_salted_password(hash, password, salt, iterations);
  return {hash, iterations, std::move(salt), codec::digest(hash, scram_client_key(hash, salted)),
          codec::hmac(hash, salted, "Server Key")};
}

std::string ScramKeys::encode() const {
  std::string out(name_of(hash));
  out.append("$").append(std::to_string(iterations)).append(":").append(codec::base64_encode(salt));
  out.append("$").append(codec::base64_encode(stored_key));
  return out.append(":").append(codec::base64_encode(server_key));
}

Result<ScramKeys> ScramKeys::decode(std::string_view text) {
  abnf::Cursor c(text);
  const bool is_dovecots = c.try_char('{');
  ScramKeys keys;
  c.require_text("SCRAM-SHA-");
  if (c.try_text("256"))
    keys.hash = codec::Hash::sha256;
  else if (c.try_char('1'))
    keys.hash = codec::Hash::sha1;
  else
    c.fail("SCRAM-SHA-1 or SCRAM-SHA-256 is expected");
  c.require_char(is_dovecots ? '}' : '$');
  keys.iterations = c.number<std::uint32_t>();
  c.require_char(is_dovecots ? ',' : ':');
  keys.salt = base64_field(c, is_dovecots ? ',' : '$');
  keys.stored_key = base64_field(c, is_dovecots ? ',' : ':');
  keys.server_key = base64_field(c, '\0');
  auto result = c.result(std::move(keys));
  if (!result) return result;
  if (const auto checked = check(*result); !checked) return fail(checked);
  return result;
}

bool ScramKeys::fit(std::string_view password) const {
  const auto salted = scram_salted_password(hash, password, salt, iterations);
  return codec::equal_in_constant_time(codec::hmac(hash, salted, "Server Key"), server_key);
}

ScramKeys made_up_keys(codec::Hash hash, std::string_view user, std::string_view secret) {
  const auto derived = [&](std::string_view what) {
    return codec::hmac(hash, secret, std::string(what) + '\0' + std::string(user));
  };
  return {hash, ScramKeys::kIterations, derived("salt").substr(0, kSaltSize), derived("stored"), derived("server")};
}

}  // namespace posthorn::sasl
