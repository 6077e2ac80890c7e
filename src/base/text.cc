#include "base/text.h"

#include <algorithm>

namespace posthorn {
inline namespace base {

std::string to_lower(std::string_view s) {
  std::string out(s);
  for (char& c : out) c = to_lower(c);
  return out;
}

std::string to_upper(std::string_view s) {
  std::string out(s);
  for (char& c : out) c = to_upper(c);
  return out;
}

bool iequals(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return to_lower(x) == to_lower(y); });
}

bool istarts_with(std::string_view s, std::string_view prefix) {
  return s.size() >= prefix.size() && iequals(s.substr(0, prefix.size()), prefix);
}

std::size_t ifind(std::string_view s, std::string_view needle) {
  const auto it = std::search(s.begin(), s.end(), needle.begin(), needle.end(),
                              [](char x, char y) { return to_lower(x) == to_lower(y); });
  return it == s.end() && !needle.empty() ? std::string_view::npos : static_cast<std::size_t>(it - s.begin());
}

std::string_view trim(std::string_view s) {
  const auto is_space = [](char c) { return is_wsp(c) || c == '\r' || c == '\n'; };
  while (!s.empty() && is_space(s.front())) s.remove_prefix(1);
  while (!s.empty() && is_space(s.back())) s.remove_suffix(1);
  return s;
}

std::vector<std::string_view> split(std::string_view s, char separator) {
  std::vector<std::string_view> pieces;
  while (true) {
    const auto at = s.find(separator);
    pieces.push_back(s.substr(0, at));
    if (at == std::string_view::npos) return pieces;
    s.remove_prefix(at + 1);
  }
}

bool has_8bit(std::string_view s) { return std::any_of(s.begin(), s.end(), is_8bit); }

static constexpr char kHex[] = "0123456789abcdef";

std::string to_hex(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const unsigned char c : bytes) {
    out += kHex[c >> 4];
    out += kHex[c & 15];
  }
  return out;
}

Result<std::string> from_hex(std::string_view hex) {
  if (hex.size() % 2 != 0) return fail(Code::syntax, "half a byte of hexadecimal is left");
  std::string bytes;
  bytes.reserve(hex.size() / 2);
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const int high = hex_value(hex[i]), low = hex_value(hex[i + 1]);
    if (high < 0 || low < 0) return fail(Code::syntax, "not hexadecimal");
    bytes += static_cast<char>(high << 4 | low);
  }
  return bytes;
}

std::string printable(std::string_view s, std::size_t limit) {
  std::string out;
  for (const char c : s.substr(0, limit)) {
    if (is_ctl(c) || is_8bit(c)) {
      out += "\\x";
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[static_cast<unsigned char>(c) & 15];
    } else {
      out += c;
    }
  }
  if (s.size() > limit) out += "...";
  return out;
}

}  // namespace base
}  // namespace posthorn
