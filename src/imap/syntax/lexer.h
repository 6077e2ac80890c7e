// The alphabet of IMAP (RFC 9051 9, RFC 3501 9): a cursor over one whole gathered command or response, its literals
// inline and its last CRLF taken off, with functions named after the productions that have no type of their own.
//
// What has a type follows one convention throughout imap/syntax: `static T T::parse(Lexer&)` reads it and
// `print(std::string& out)` appends it, and parsing what was printed gives an equal value. A type that holds mailbox
// names prints with the NameEncoding as a second parameter.
//
// Bounds: a lexer reads nothing beyond its input, so that the reader's limit on a command bounds every string; lists
// nest kMaxNesting deep at most.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "abnf/cursor.h"
#include "base/result.h"
#include "imap/syntax/literal.h"

namespace posthorn::imap {

/// How mailbox names travel: modified UTF-7 (RFC 3501 5.1.3) until the client enables IMAP4rev2 or UTF8=ACCEPT.
enum class NameEncoding { modified_utf7, utf8 };

/// ATOM-CHAR: printable ASCII without ( ) { SP % * " \ ].
bool is_atom_char(char c);
/// ASTRING-CHAR: ATOM-CHAR and "]".
bool is_astring_char(char c);

class Lexer : public abnf::Cursor {
 public:
  static constexpr int kMaxNesting = 50;
  static constexpr std::size_t kMaxTag = 256;

  explicit Lexer(std::string_view input, NameEncoding names = NameEncoding::modified_utf7)
      : Cursor(input), names_(names) {}

  NameEncoding name_encoding() const { return names_; }

  /// As fail(), where the grammar is followed but the value cannot be accepted: a NO and not a BAD.
  void refuse(std::string_view message);
  /// `value` if all went well, else the first error: Code::syntax, or Code::invalid where it came from refuse().
  template <class T>
  Result<T> result(T value) const {
    if (ok()) return value;
    return base::fail(refused_ ? Code::invalid : Code::syntax, error());
  }

  /// Exactly one space.
  void sp();
  /// 0 to 4294967295; leading zeros are allowed.
  std::uint32_t number();
  /// 1 to 4294967295, no leading zero.
  std::uint32_t nz_number();
  /// 0 to 2^63 - 1 (RFC 9051 9, number64).
  std::uint64_t number64();
  std::uint64_t nz_number64();

  std::string_view atom();
  /// ASTRING-CHARs without "+", at most kMaxTag of them.
  std::string_view tag();
  /// Letters, digits, "." and "-", perhaps none: how the names of keys and items are read before a table is asked.
  std::string_view name();
  /// Between double quotes; only `\"` and `\\` are escapes; CR, LF and NUL are errors, and so is what is not UTF-8.
  /// UTF-8 is taken whatever was enabled (RFC 9051 9, QUOTED-CHAR): a client of RFC 3501 does not send it.
  std::string quoted();
  /// `{n}` or `{n+}`, CRLF and n bytes without NUL; with `~` before it (literal8) NUL is allowed.
  std::string literal();
  /// quoted or literal.
  std::string string();
  std::string astring();
  /// A string, or nothing for NIL.
  std::optional<std::string> nstring();
  /// A pattern of LIST: like astring, with the wildcards `%` and `*`, still as it came by wire.
  std::string list_mailbox();
  /// The announcement of a literal without the CRLF and the bytes.
  LiteralAnnouncement literal_announcement();

  /// Parentheses that may nest; deeper than kMaxNesting is an error.
  void open();
  void close();
  /// "(" item *(SP item) ")".
  template <class Item>
  void list(Item item) {
    open();
    do item();
    while (try_char(' '));
    close();
  }
  /// The same, or "()".
  template <class Item>
  void list_or_empty(Item item) {
    if (peek() != '(' || peek(1) != ')') return list(item);
    open();
    close();
  }

 private:
  NameEncoding names_;
  bool refused_ = false;
  int depth_ = 0;
};

/// A T that is all of `text`.
template <class T>
Result<T> parse_whole(std::string_view text, NameEncoding names = NameEncoding::modified_utf7) {
  Lexer in(text, names);
  T value = T::parse(in);
  in.require_end();
  return in.result(std::move(value));
}

}  // namespace posthorn::imap
