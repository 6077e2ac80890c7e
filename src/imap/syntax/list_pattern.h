// The wildcards of LIST: `*` stands for anything, `%` for anything without "/" (RFC 9051 6.3.9).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "imap/syntax/mailbox_name.h"

namespace posthorn::imap {

/// A pattern compiled once and matched with many names. Matching walks the name once, keeping one bit for each place
/// in the pattern: bytes of the name times bytes of the pattern / 64, whatever the pattern is.
class ListPattern {
 public:
  /// The reference and the pattern of a LIST, both UTF-8, are read as one text.
  ListPattern(std::string_view reference, std::string_view pattern);

  /// INBOX matches in any case, as the first level of a name too.
  bool matches(const MailboxName& name) const;
  /// Any bytes, with nothing special about INBOX.
  bool matches(std::string_view text) const { return matches(text, 0); }

 private:
  using Word = std::uint64_t;

  /// The first `folded` bytes in any case.
  bool matches(std::string_view text, std::size_t folded) const;
  void add_literal(char c);
  void add_wildcard(char c);
  void step(std::vector<Word>& places, char c, bool ignore_case) const;

  /// Bit i of places: the first i literals have matched. A wildcard between them lets a place stay where it is.
  std::size_t literals_ = 0;
  std::vector<Word> stays_at_star_, stays_at_percent_;
  /// For each byte the rows of literal bits that it matches; 0 is the row of none.
  std::array<std::uint16_t, 256> row_of_{};
  std::vector<std::vector<Word>> rows_;
};

}  // namespace posthorn::imap
