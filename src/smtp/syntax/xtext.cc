// xtext (RFC 3461 4) and utf-8-addr-xtext (RFC 6533 3).
#include <fmt/format.h>

#include <charconv>

#include "base/text.h"
#include "codec/unicode.h"
#include "smtp/syntax/parameters.h"

namespace posthorn::smtp {
namespace {

constexpr std::size_t kMostHexDigits = 6;

bool is_xchar(char c) { return c > ' ' && c <= '~' && c != '+' && c != '='; }
bool is_qchar(char c) { return is_xchar(c) && c != '\\'; }
bool is_upper_hex(char c) { return hex_value(c) >= 0 && !is_lower(c); }

// Takes "\x{20AC}" off the front.
std::optional<char32_t> take_embedded(std::string_view& text) {
  const auto close = text.find('}');
  if (!text.starts_with("\\x{") || close == std::string_view::npos) return std::nullopt;
  const auto digits = text.substr(3, close - 3);
  if (digits.empty() || digits.size() > kMostHexDigits || !std::ranges::all_of(digits, is_upper_hex))
    return std::nullopt;
  std::uint32_t point = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), point, 16);
  if (point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return std::nullopt;
  text.remove_prefix(close + 1);
  return static_cast<char32_t>(point);
}

}  // namespace

std::optional<std::string> decode_xtext(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_xchar(text[i])) {
      out += text[i];
      continue;
    }
    if (text[i] != '+' || text.size() - i < 3) return std::nullopt;
    if (!is_upper_hex(text[i + 1]) || !is_upper_hex(text[i + 2])) return std::nullopt;
    out += static_cast<char>(hex_value(text[i + 1]) << 4 | hex_value(text[i + 2]));
    i += 2;
  }
  return out;
}

std::string encode_xtext(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    if (is_xchar(c))
      out += c;
    else
      out += '+' + to_upper(to_hex({&c, 1}));
  }
  return out;
}

std::optional<std::string> decode_utf8_xtext(std::string_view text) {
  if (!codec::is_valid_utf8(text)) return std::nullopt;
  std::string out;
  while (!text.empty()) {
    if (is_qchar(text.front()) || is_8bit(text.front())) {
      out += text.front();
      text.remove_prefix(1);
    } else if (const auto point = take_embedded(text)) {
      codec::put_utf8(out, *point);
    } else {
      return std::nullopt;
    }
  }
  return out;
}

std::string encode_utf8_xtext(std::string_view utf8) {
  std::string out;
  while (!utf8.empty()) {
    const char32_t point = codec::take_utf8(utf8);
    if (point < 0x80 && is_qchar(static_cast<char>(point)))
      out += static_cast<char>(point);
    else
      out += fmt::format("\\x{{{:02X}}}", static_cast<std::uint32_t>(point));
  }
  return out;
}

}  // namespace posthorn::smtp
