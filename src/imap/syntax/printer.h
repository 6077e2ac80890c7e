// Appends the alphabet of IMAP to a string (RFC 9051 9): the twin of the lexer.
//
// What is printed is always well-formed, whatever the bytes: a quoted string never holds CR, LF or NUL. NUL, which
// neither form of a string can carry, becomes SUB (0x1A).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace posthorn::imap {

void print_number(std::string& out, std::uint64_t n);

/// Whether `s` may stand between double quotes: at most 1,024 bytes, 7-bit, without CR, LF and NUL.
bool is_quotable(std::string_view s);

/// Between double quotes; every byte that may not stand there becomes SUB, except that bytes >= 0x80 stay: only for
/// text that is_quotable, or for UTF-8 where the peer takes it.
void print_quoted(std::string& out, std::string_view s);
/// `{n}`, CRLF and the bytes: the form of a server, or of a client that has seen the "+ ".
void print_literal(std::string& out, std::string_view s);
/// Quoted where possible, else a literal.
void print_string(std::string& out, std::string_view s);
/// NIL for nothing.
void print_nstring(std::string& out, const std::optional<std::string>& s);
/// As an atom where possible (never NIL, which careless readers take for nothing), else a string.
void print_astring(std::string& out, std::string_view s);

/// "(a b c)", each item by `print_item(out, item)`.
template <class Items, class PrintItem>
void print_list(std::string& out, const Items& items, PrintItem print_item) {
  out += '(';
  bool first = true;
  for (const auto& item : items) {
    if (!first) out += ' ';
    first = false;
    print_item(out, item);
  }
  out += ')';
}

}  // namespace posthorn::imap
