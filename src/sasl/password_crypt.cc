// Passwords of crypt(3): which strings are checked, and what they may cost. The hashing is libxcrypt's.
#include <crypt.h>

#include <memory>

#include "abnf/cursor.h"
#include "codec/digest.h"
#include "sasl/password_schemes.h"

namespace posthorn::sasl {
namespace {

constexpr std::uint32_t kMostRounds = 1'000'000;     // of SHA: about a second
constexpr unsigned kMostBcrypt = 15;                 // 2^15: two seconds
constexpr std::uint64_t kMostMemory = 256ull << 20;  // of yescrypt and scrypt, bytes
constexpr std::size_t kLongest = CRYPT_OUTPUT_SIZE;

std::uint32_t value_of(char c) {
  constexpr std::string_view kAlphabet = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  const auto at = kAlphabet.find(c);
  return at == std::string_view::npos ? 64 : static_cast<std::uint32_t>(at);
}

// $5$rounds=N$SALT$HASH; without rounds= it is 5000.
bool is_affordable_sha(abnf::Cursor& c) {
  return !c.try_text("rounds=") || (c.number<std::uint32_t>() <= kMostRounds && c.ok());
}

bool is_affordable_bcrypt(abnf::Cursor& c) { return c.number<unsigned>() <= kMostBcrypt && c.ok(); }

// $y$jNr$SALT$HASH: N is a power of two, r the size of a block.
bool is_affordable_yescrypt(abnf::Cursor& c) {
  c.require_char('j');
  const auto log_n = value_of(c.any_char()) + 1, r = value_of(c.any_char()) + 1;
  c.require_char('$');
  return c.ok() && log_n <= 20 && r <= 32 && (128ull * r << log_n) <= kMostMemory;
}

// $7$NrrrrrpppppSALT$HASH
bool is_affordable_scrypt(abnf::Cursor& c) {
  const auto number = [&c] {
    std::uint64_t n = 0;
    for (unsigned shift = 0; shift < 30; shift += 6) n |= std::uint64_t{value_of(c.any_char())} << shift;
    return n;
  };
  const auto log_n = value_of(c.any_char());
  const auto r = number(), p = number();
  return c.ok() && log_n <= 20 && r > 0 && r <= 32 && p > 0 && p <= 4 && (128 * r << log_n) <= kMostMemory;
}

// $sha1$ROUNDS$SALT$HASH, of NetBSD
bool is_affordable_sha1(abnf::Cursor& c) { return c.number<std::uint32_t>() <= kMostRounds && c.ok(); }

bool always(abnf::Cursor&) { return true; }

struct Method {
  std::string_view prefix;
  bool (*is_affordable)(abnf::Cursor& c);
  std::size_t last;  ///< letters behind the last "$": the hash, with bcrypt its salt as well
};
constexpr Method kMethods[] = {
    {"$6$", is_affordable_sha, 86},     {"$5$", is_affordable_sha, 43},      {"$1$", always, 22},
    {"$2b$", is_affordable_bcrypt, 53}, {"$2y$", is_affordable_bcrypt, 53},  {"$2a$", is_affordable_bcrypt, 53},
    {"$2x$", is_affordable_bcrypt, 53}, {"$y$", is_affordable_yescrypt, 43}, {"$gy$", is_affordable_yescrypt, 43},
    {"$7$", is_affordable_scrypt, 43},  {"$sha1$", is_affordable_sha1, 28},
};

// The oldest: 13 letters without a prefix.
bool is_des(std::string_view setting) {
  if (setting.size() != 13) return false;
  for (const char c : setting)
    if (value_of(c) == 64) return false;
  return true;
}

bool fits(const std::string& hash, const std::string& password) {
  // For crypt(3) a NUL would end the password.
  if (password.find('\0') != std::string::npos) return false;
  const auto data = std::make_unique<crypt_data>();
  const char* made = crypt_rn(password.c_str(), hash.c_str(), data.get(), sizeof(crypt_data));
  return made != nullptr && codec::equal_in_constant_time(made, hash);
}

}  // namespace

Result<PasswordCheck> read_crypt(std::string_view setting) {
  const auto wrong = [](const char* what) { return fail(Code::invalid, what); };
  if (setting.size() >= kLongest) return wrong("the hash is too long");
  const Method* method = nullptr;
  for (const Method& m : kMethods)
    if (setting.starts_with(m.prefix)) method = &m;
  if (method == nullptr && !is_des(setting))
    return fail(Code::not_supported, "no known scheme of crypt(3): " + printable(setting.substr(0, 5)) + "...");
  if (method != nullptr) {
    // For crypt(3) a salt alone is good: it is what a new hash is made with.
    if (setting.size() - setting.rfind('$') - 1 != method->last) return wrong("the hash is cut, or is none");
    abnf::Cursor c(setting.substr(method->prefix.size()));
    if (!method->is_affordable(c)) return wrong("the hash is malformed, or costs too much to check");
  }
  const std::string hash(setting);
  const int salt = crypt_checksalt(hash.c_str());
  if (salt == CRYPT_SALT_INVALID || salt == CRYPT_SALT_METHOD_DISABLED) return wrong("crypt(3) refuses the hash");
  return [hash](const std::string& password) { return fits(hash, password); };
}

}  // namespace posthorn::sasl
