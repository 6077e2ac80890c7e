#include "sasl/password_schemes.h"

#include <argon2.h>

#include <algorithm>

#include "abnf/cursor.h"
#include "codec/base64.h"
#include "codec/digest.h"
#include "sasl/scram_keys.h"

namespace posthorn::sasl {
namespace {

using codec::Hash;

constexpr std::size_t kLongest = 4096;
constexpr std::size_t kLongestSalt = 1024;
constexpr std::uint32_t kMostIterations = 2'000'000;
constexpr std::uint32_t kMostMemory = 1024 * 1024;       // KiB
constexpr std::uint64_t kMostWork = 4ull * 1024 * 1024;  // KiB times rounds

/// How the bytes of a value are written.
enum class Encoding { usual, base64, hex };

std::unexpected<Error> malformed() { return fail(Code::invalid, "the hash does not follow its scheme"); }
std::unexpected<Error> too_dear() { return fail(Code::invalid, "the hash costs too much to check"); }

// With padding or without, as systems differ, and with "." for "+" as passlib has it.
Result<std::string> from_base64(std::string_view text) {
  std::string padded(text);
  std::ranges::replace(padded, '.', '+');
  while (padded.size() % 4 != 0 && padded.size() < text.size() + 2 && !padded.ends_with("==")) padded += '=';
  return codec::base64_decode(padded);
}

// Without a suffix, hexadecimal is known by its length.
Result<std::string> digest_bytes(std::string_view text, Encoding encoding, std::size_t size) {
  const bool is_hex = encoding == Encoding::hex || (encoding == Encoding::usual && text.size() == 2 * size);
  return is_hex ? from_hex(text) : from_base64(text);
}

Result<PasswordCheck> read_digest(Hash hash, std::string_view text, Encoding encoding) {
  const auto bytes = digest_bytes(text, encoding, codec::size_of(hash));
  if (!bytes || bytes->size() != codec::size_of(hash)) return malformed();
  return [hash, wanted = *bytes](const std::string& password) {
    return codec::equal_in_constant_time(codec::digest(hash, password), wanted);
  };
}

// The digest of password and salt, then the salt.
Result<PasswordCheck> read_salted(Hash hash, std::string_view text, Encoding encoding) {
  const auto size = codec::size_of(hash);
  const auto bytes = encoding == Encoding::hex ? from_hex(text) : from_base64(text);
  if (!bytes || bytes->size() <= size || bytes->size() > size + kLongestSalt) return malformed();
  return [hash, wanted = bytes->substr(0, size), salt = bytes->substr(size)](const std::string& password) {
    return codec::equal_in_constant_time(codec::digest(hash, password + salt), wanted);
  };
}

Result<PasswordCheck> check_pbkdf2(Hash hash, std::uint32_t iterations, std::string salt, std::string wanted) {
  if (iterations == 0 || wanted.size() < 16 || wanted.size() > codec::size_of(hash) || salt.size() > kLongestSalt)
    return malformed();
  if (iterations > kMostIterations) return too_dear();
  return [=](const std::string& password) {
    const auto made = codec::pbkdf2(hash, password, salt, iterations);
    return codec::equal_in_constant_time(std::string_view(made).substr(0, wanted.size()), wanted);
  };
}

// Dovecot: $1$SALT$ITERATIONS$HEX, the salt as it stands there.
Result<PasswordCheck> read_dovecot_pbkdf2(std::string_view text) {
  const auto parts = split(text, '$');
  if (parts.size() != 5 || !parts[0].empty() || parts[1] != "1") return malformed();
  const auto iterations = parse_decimal<std::uint32_t>(parts[3]);
  const auto wanted = from_hex(parts[4]);
  if (!iterations || !wanted) return malformed();
  return check_pbkdf2(Hash::sha1, *iterations, std::string(parts[2]), *wanted);
}

Result<PasswordCheck> read_pbkdf2_of(Hash hash, abnf::Cursor& c) {
  const auto iterations = c.number<std::uint32_t>();
  if (c.try_text(",l=")) c.number<std::uint32_t>();
  c.require_char('$');
  const auto until_dollar = [&c] { return from_base64(c.take_while([](char x) { return x != '$'; })); };
  const auto salt = until_dollar();
  c.require_char('$');
  const auto wanted = until_dollar();
  c.require_end();
  if (!c.ok() || !salt || !wanted) return malformed();
  return check_pbkdf2(hash, iterations, *salt, *wanted);
}

// OpenLDAP: 60000$SALT$HASH.
template <Hash kHash>
Result<PasswordCheck> read_ldap_pbkdf2(std::string_view text) {
  abnf::Cursor c(text);
  return read_pbkdf2_of(kHash, c);
}

Result<PasswordCheck> read_dovecot_or_ldap_pbkdf2(std::string_view text) {
  return text.starts_with('$') ? read_dovecot_pbkdf2(text) : read_ldap_pbkdf2<Hash::sha1>(text);
}

// passlib: $pbkdf2-sha256$29000$SALT$HASH; a PHC string: $pbkdf2-sha256$i=600000,l=32$SALT$HASH.
Result<PasswordCheck> read_pbkdf2(std::string_view text) {
  abnf::Cursor c(text);
  c.require_text("$pbkdf2");
  Hash hash = Hash::sha1;
  if (c.try_text("-sha256"))
    hash = Hash::sha256;
  else if (c.try_text("-sha512"))
    hash = Hash::sha512;
  else
    c.try_text("-sha1");
  c.require_char('$');
  c.try_text("i=");
  return read_pbkdf2_of(hash, c);
}

argon2_type type_of(std::string_view hash) {
  if (hash.starts_with("$argon2id$")) return Argon2_id;
  return hash.starts_with("$argon2i$") ? Argon2_i : Argon2_d;
}

Result<PasswordCheck> read_argon2(std::string_view text) {
  if (const auto cost = read_argon2_cost(text); !cost) return fail(cost);
  return [hash = std::string(text), type = type_of(text)](const std::string& password) {
    return argon2_verify(hash.c_str(), password.data(), password.size(), type) == ARGON2_OK;
  };
}

Result<PasswordCheck> read_scram(std::string_view text) {
  auto keys = ScramKeys::decode(text);
  if (!keys) return malformed();
  return [keys = std::move(*keys)](const std::string& password) { return keys.fit(password); };
}

Result<PasswordCheck> read_clear(std::string_view text, Encoding encoding) {
  const auto password = encoding == Encoding::hex      ? from_hex(text)
                        : encoding == Encoding::base64 ? from_base64(text)
                                                       : Result<std::string>(text);
  if (!password || password->empty()) return malformed();
  return [wanted = *password](const std::string& given) { return codec::equal_in_constant_time(given, wanted); };
}

// Dovecot's {MD5} is crypt's $1$, LDAP's the digest in base64.
Result<PasswordCheck> read_md5(std::string_view text, Encoding encoding) {
  return text.starts_with('$') ? read_crypt(text) : read_digest(Hash::md5, text, encoding);
}

Result<PasswordCheck> read_bare(std::string_view text) {
  if (text.starts_with("$argon2")) return read_argon2(text);
  if (text.starts_with("$pbkdf2")) return read_pbkdf2(text);
  if (text.starts_with("SCRAM-SHA-")) return read_scram(text);
  if (text.starts_with('$')) return read_crypt(text);
  return fail(Code::not_supported, "neither {SCHEME}hash nor a $-string of crypt(3)");
}

// A value that is itself text, encoded or not.
Result<PasswordCheck> read_text(Result<PasswordCheck> (*read)(std::string_view), std::string_view text,
                                Encoding encoding) {
  if (encoding == Encoding::usual) return read(text);
  const auto decoded = encoding == Encoding::hex ? from_hex(text) : from_base64(text);
  return decoded ? read(*decoded) : malformed();
}

using Read = Result<PasswordCheck> (*)(std::string_view text, Encoding encoding);

template <Hash kHash>
Result<PasswordCheck> digest(std::string_view text, Encoding encoding) {
  return read_digest(kHash, text, encoding);
}
template <Hash kHash>
Result<PasswordCheck> salted(std::string_view text, Encoding encoding) {
  return read_salted(kHash, text, encoding);
}
template <auto kRead>
Result<PasswordCheck> text(std::string_view value, Encoding encoding) {
  return read_text(kRead, value, encoding);
}

struct Scheme {
  std::string_view name;
  Read read;
};
constexpr Scheme kSchemes[] = {
    {"ARGON2ID", text<read_bare>},
    {"ARGON2I", text<read_bare>},
    {"ARGON2", text<read_bare>},  // OpenLDAP's
    {"BLF-CRYPT", text<read_bare>},
    {"BCRYPT", text<read_bare>},
    {"CLEAR", read_clear},
    {"CLEARTEXT", read_clear},
    {"CRYPT", text<read_crypt>},
    {"DES-CRYPT", text<read_crypt>},
    {"LDAP-MD5", digest<Hash::md5>},
    {"MD5", read_md5},
    {"MD5-CRYPT", text<read_crypt>},
    {"PBKDF2", text<read_dovecot_or_ldap_pbkdf2>},
    {"PBKDF2-SHA1", text<read_ldap_pbkdf2<Hash::sha1>>},
    {"PBKDF2-SHA256", text<read_ldap_pbkdf2<Hash::sha256>>},
    {"PBKDF2-SHA512", text<read_ldap_pbkdf2<Hash::sha512>>},
    {"PLAIN", read_clear},
    {"PLAIN-MD5", digest<Hash::md5>},
    {"SHA", digest<Hash::sha1>},
    {"SHA1", digest<Hash::sha1>},
    {"SHA256", digest<Hash::sha256>},
    {"SHA256-CRYPT", text<read_crypt>},
    {"SHA512", digest<Hash::sha512>},
    {"SHA512-CRYPT", text<read_crypt>},
    {"SMD5", salted<Hash::md5>},
    {"SSHA", salted<Hash::sha1>},
    {"SSHA256", salted<Hash::sha256>},
    {"SSHA512", salted<Hash::sha512>},
};

// The name within the braces without its suffix, and what the suffix says.
Encoding take_suffix(std::string_view& name) {
  const auto dot = name.rfind('.');
  const auto suffix = dot == std::string_view::npos ? std::string_view() : name.substr(dot + 1);
  const Encoding encoding = iequals(suffix, "b64") || iequals(suffix, "base64") ? Encoding::base64
                            : iequals(suffix, "hex")                            ? Encoding::hex
                                                                                : Encoding::usual;
  if (encoding != Encoding::usual) name = name.substr(0, dot);
  return encoding;
}

}  // namespace

Result<Argon2Cost> read_argon2_cost(std::string_view hash) {
  abnf::Cursor c(hash);
  Argon2Cost cost;
  c.require_text("$argon2");
  if (c.try_text("id"))
    cost.is_argon2id = true;
  else if (!c.try_char('i') && !c.try_char('d'))
    c.fail("a variant is expected");
  c.require_char('$');
  if (c.try_text("v=")) {
    c.number<std::uint32_t>();
    c.require_char('$');
  }
  c.require_text("m=");
  cost.memory_kib = c.number<std::uint32_t>();
  c.require_text(",t=");
  cost.rounds = c.number<std::uint32_t>();
  c.require_text(",p=");
  const auto lanes = c.number<std::uint32_t>();
  c.require_char('$');
  if (!c.ok() || hash.find('\0') != std::string_view::npos) return malformed();
  if (cost.memory_kib > kMostMemory || lanes > 16 || std::uint64_t{cost.memory_kib} * cost.rounds > kMostWork)
    return too_dear();
  return cost;
}

Result<PasswordCheck> read_password_hash(std::string_view hash) {
  if (hash.empty()) return fail(Code::invalid, "there is no password");
  if (hash.size() > kLongest || hash.find('\0') != std::string_view::npos) return malformed();
  if (!hash.starts_with('{')) return read_bare(hash);
  const auto close = hash.find('}');
  if (close == std::string_view::npos) return malformed();
  if (istarts_with(hash, "{SCRAM-SHA-")) return read_scram(hash);
  auto name = hash.substr(1, close - 1);
  const auto encoding = take_suffix(name);
  const auto scheme = std::ranges::find_if(kSchemes, [name](const Scheme& s) { return iequals(s.name, name); });
  if (scheme == std::end(kSchemes))
    return fail(Code::not_supported, "the password scheme {" + printable(name, 40) + "} is not known");
  return scheme->read(hash.substr(close + 1), encoding);
}

}  // namespace posthorn::sasl
