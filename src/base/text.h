// ASCII text: what RFC grammars need and locale-bound <cctype> gets wrong.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace posthorn {
inline namespace base {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_alpha(char c) { return is_upper(c) || is_lower(c); }
constexpr bool is_alnum(char c) { return is_alpha(c) || is_digit(c); }
/// SP and HTAB: WSP of RFC 5234.
constexpr bool is_wsp(char c) { return c == ' ' || c == '\t'; }
constexpr bool is_ctl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }
constexpr bool is_8bit(char c) { return static_cast<unsigned char>(c) >= 0x80; }
constexpr char to_lower(char c) { return is_upper(c) ? static_cast<char>(c + 32) : c; }
constexpr char to_upper(char c) { return is_lower(c) ? static_cast<char>(c - 32) : c; }
/// Value of a hexadecimal digit, or -1.
constexpr int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char l = to_lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

/// Copies with A-Z folded; bytes >= 0x80 stay as they are.
std::string to_lower(std::string_view s);
std::string to_upper(std::string_view s);

/// Equal but for the case of ASCII letters.
bool iequals(std::string_view a, std::string_view b);
bool istarts_with(std::string_view s, std::string_view prefix);
/// Position of `needle` in `s` ignoring ASCII case, or npos. An empty needle is found at 0.
std::size_t ifind(std::string_view s, std::string_view needle);

/// Without SP, HTAB, CR and LF at both ends.
std::string_view trim(std::string_view s);

/// The pieces between `separator`, empty ones included: split("a,,b", ',') is {"a", "", "b"}.
std::vector<std::string_view> split(std::string_view s, char separator);

/// Whether any byte is >= 0x80.
bool has_8bit(std::string_view s);

/// A decimal number that is all of `s`, without sign or overflow.
template <class T>
std::optional<T> parse_decimal(std::string_view s) {
  T value{};
  const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), value, 10);
  if (error != std::errc{} || end != s.data() + s.size() || s.empty() || !is_digit(s.front())) return std::nullopt;
  return value;
}

/// Lower-case hexadecimal.
std::string to_hex(std::string_view bytes);
/// Of either case. Errors: syntax.
Result<std::string> from_hex(std::string_view hex);

/// `s` made safe for one line of a log or a reply: controls and bytes >= 0x80 become \xNN, cut at `limit` with "...".
std::string printable(std::string_view s, std::size_t limit = 200);

}  // namespace base
}  // namespace posthorn
