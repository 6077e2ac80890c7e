#include "codec/unicode.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>

#include <cstdint>
#include <cstring>
#include <vector>

#include "base/text.h"

namespace posthorn::codec {
namespace {

constexpr char32_t kReplacement = 0xfffd;

struct Decoded {
  char32_t code_point;
  std::size_t size;
  bool valid;
};

bool is_continuation(std::string_view s, std::size_t i) {
  return i < s.size() && (static_cast<unsigned char>(s[i]) & 0xc0) == 0x80;
}

// Table 3-7 of the Unicode standard: the second byte decides about overlong forms, surrogates and the upper end.
bool is_second(unsigned char lead, unsigned char c) {
  switch (lead) {
    case 0xe0: return c >= 0xa0 && c <= 0xbf;
    case 0xed: return c >= 0x80 && c <= 0x9f;
    case 0xf0: return c >= 0x90 && c <= 0xbf;
    case 0xf4: return c >= 0x80 && c <= 0x8f;
    default: return c >= 0x80 && c <= 0xbf;
  }
}

Decoded decode_one(std::string_view s) {
  const auto lead = static_cast<unsigned char>(s[0]);
  if (lead < 0x80) return {lead, 1, true};
  const std::size_t size = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  if (size == 0 || s.size() < 2 || !is_second(lead, static_cast<unsigned char>(s[1]))) return {kReplacement, 1, false};
  char32_t c = lead & (0xffu >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if (!is_continuation(s, i)) return {kReplacement, i, false};
    c = c << 6 | (static_cast<unsigned char>(s[i]) & 0x3f);
  }
  return {c, size, true};
}

// Length of the leading run of ASCII.
std::size_t ascii_run(std::string_view s) {
  std::size_t i = 0;
  for (; i + 8 <= s.size(); i += 8) {
    std::uint64_t v;
    std::memcpy(&v, s.data() + i, 8);
    if ((v & 0x8080808080808080ull) != 0) break;
  }
  while (i < s.size() && !is_8bit(s[i])) ++i;
  return i;
}

std::u16string normalize(const UNormalizer2* form, const std::u16string& s) {
  UErrorCode status = U_ZERO_ERROR;
  const auto size = static_cast<std::int32_t>(s.size());
  std::u16string out(s.size() + 16, u'\0');
  auto n = unorm2_normalize(form, s.data(), size, out.data(), static_cast<std::int32_t>(out.size()), &status);
  if (status == U_BUFFER_OVERFLOW_ERROR) {
    status = U_ZERO_ERROR;
    out.resize(static_cast<std::size_t>(n));
    n = unorm2_normalize(form, s.data(), size, out.data(), n, &status);
  }
  if (U_FAILURE(status)) return s;
  out.resize(static_cast<std::size_t>(n));
  return out;
}

}  // namespace

char32_t take_utf8(std::string_view& s) {
  const auto decoded = decode_one(s);
  s.remove_prefix(decoded.size);
  return decoded.code_point;
}

void put_utf8(std::string& out, char32_t c) {
  if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) c = kReplacement;
  const auto put = [&out](char32_t byte) { out += static_cast<char>(byte); };
  if (c < 0x80) return put(c);
  if (c < 0x800) {
    put(0xc0 | c >> 6);
  } else {
    if (c < 0x10000) {
      put(0xe0 | c >> 12);
    } else {
      put(0xf0 | c >> 18);
      put(0x80 | (c >> 12 & 0x3f));
    }
    put(0x80 | (c >> 6 & 0x3f));
  }
  put(0x80 | (c & 0x3f));
}

std::u16string to_utf16(std::string_view s) {
  std::u16string out;
  out.reserve(s.size());
  while (!s.empty()) {
    const char32_t c = take_utf8(s);
    if (c >= 0x10000) out += static_cast<char16_t>(0xd7c0 + (c >> 10));
    out += static_cast<char16_t>(c >= 0x10000 ? 0xdc00 + (c & 0x3ff) : c);
  }
  return out;
}

std::string to_utf8(std::u16string_view s) {
  std::string out;
  out.reserve(s.size());
  for (std::size_t i = 0; i < s.size(); ++i) {
    char32_t c = s[i];
    if ((c & 0xfc00) == 0xd800 && i + 1 < s.size()) c = 0x10000 + ((c - 0xd800) << 10) + (s[++i] - 0xdc00);
    put_utf8(out, c);
  }
  return out;
}

bool is_valid_utf8(std::string_view s) {
  while (true) {
    s.remove_prefix(ascii_run(s));
    if (s.empty()) return true;
    const auto decoded = decode_one(s);
    if (!decoded.valid) return false;
    s.remove_prefix(decoded.size);
  }
}

std::string to_valid_utf8(std::string_view s) {
  if (is_valid_utf8(s)) return std::string(s);
  std::string out;
  out.reserve(s.size() + 16);
  while (!s.empty()) put_utf8(out, take_utf8(s));
  return out;
}

std::string_view cut_utf8(std::string_view s, std::size_t limit) {
  if (s.size() <= limit) return s;
  while (limit > 0 && is_continuation(s, limit)) --limit;
  return s.substr(0, limit);
}

std::string to_nfc(std::string_view s) {
  if (ascii_run(s) == s.size()) return std::string(s);
  UErrorCode status = U_ZERO_ERROR;
  const auto* form = unorm2_getNFCInstance(&status);
  return U_FAILURE(status) ? to_valid_utf8(s) : to_utf8(normalize(form, to_utf16(s)));
}

std::string fold_for_search(std::string_view s) {
  if (ascii_run(s) == s.size()) return to_upper(s);
  UErrorCode status = U_ZERO_ERROR;
  const auto* form = unorm2_getNFKDInstance(&status);
  const auto decomposed = U_FAILURE(status) ? to_valid_utf8(s) : to_utf8(normalize(form, to_utf16(s)));
  std::string out;
  out.reserve(decomposed.size());
  for (std::string_view rest = decomposed; !rest.empty();)
    put_utf8(out, static_cast<char32_t>(u_totitle(static_cast<UChar32>(take_utf8(rest)))));
  return out;
}

}  // namespace posthorn::codec
