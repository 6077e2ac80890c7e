#include "imap/syntax/printer.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "imap/syntax/lexer.h"

namespace posthorn::imap {

static constexpr std::size_t kLongestQuoted = 1024;
static constexpr char kSubstitute = 0x1a;

static bool is_unquotable(char c) { return c == '\r' || c == '\n' || c == '\0'; }

void print_number(std::string& out, std::uint64_t n) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, n).ptr;
  out.append(digits, end);
}

bool is_quotable(std::string_view s) {
  return s.size() <= kLongestQuoted &&
         std::none_of(s.begin(), s.end(), [](char c) { return is_unquotable(c) || is_8bit(c); });
}

void print_quoted(std::string& out, std::string_view s) {
  out += '"';
  for (const char c : s) {
    if (c == '"' || c == '\\') out += '\\';
    out += is_unquotable(c) ? kSubstitute : c;
  }
  out += '"';
}

void print_literal(std::string& out, std::string_view s) {
  LiteralAnnouncement{.size = s.size()}.print(out);
  out += "\r\n";
  const auto start = static_cast<std::string::difference_type>(out.size());
  out += s;
  std::replace(out.begin() + start, out.end(), '\0', kSubstitute);
}

void print_string(std::string& out, std::string_view s) {
  if (is_quotable(s)) return print_quoted(out, s);
  print_literal(out, s);
}

void print_nstring(std::string& out, const std::optional<std::string>& s) {
  if (s) return print_string(out, *s);
  out += "NIL";
}

void print_astring(std::string& out, std::string_view s) {
  const bool is_atom = !s.empty() && s.size() <= kLongestQuoted && std::all_of(s.begin(), s.end(), is_astring_char);
  if (!is_atom || iequals(s, "NIL")) return print_string(out, s);
  out += s;
}

}  // namespace posthorn::imap
