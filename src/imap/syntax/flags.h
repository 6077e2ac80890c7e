// Flags: the system flags of RFC 9051 2.3.2 and keywords.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "imap/syntax/lexer.h"

namespace posthorn::imap {

/// As bits. `recent` and `any` are only ever told by a server: `\Recent` in FETCH and FLAGS, `\*` in PERMANENTFLAGS.
enum class SystemFlag : std::uint8_t {
  answered = 1,
  flagged = 2,
  deleted = 4,
  seen = 8,
  draft = 16,
  recent = 32,
  any = 64,
};

/// A set of flags, ignoring case; a keyword keeps the case and the place that it was first given.
class FlagList {
 public:
  /// In bytes, as RFC 8621 4.1.1 has it.
  static constexpr std::size_t kMaxKeyword = 255;
  static constexpr std::size_t kMaxKeywords = 256;

  bool has(SystemFlag flag) const { return (system_ & static_cast<std::uint8_t>(flag)) != 0; }
  void add(SystemFlag flag) { system_ |= static_cast<std::uint8_t>(flag); }
  bool has_keyword(std::string_view keyword) const;
  /// `keyword` must be an atom, or `\` and an atom (flag-extension) in what a server tells.
  void add_keyword(std::string_view keyword);
  const std::vector<std::string>& keywords() const { return keywords_; }
  bool empty() const { return system_ == 0 && keywords_.empty(); }

  /// "(" [flag *(SP flag)] ")" of flags that can be set: `\Recent`, `\*` and unknown system flags are errors.
  static FlagList parse(Lexer& in);
  /// The same without parentheses and not empty, as STORE also allows.
  static FlagList parse_bare(Lexer& in);
  /// As a server tells them: flag-list, flag-perm or FETCH's FLAGS, with any flag-extension.
  static FlagList parse_told(Lexer& in);
  /// In parentheses: system flags in their canonical case and the order of the RFC, then keywords.
  void print(std::string& out) const;

  friend bool operator==(const FlagList&, const FlagList&) = default;

 private:
  enum class Origin { client, server };
  void parse_one(Lexer& in, Origin origin);

  std::uint8_t system_ = 0;
  std::vector<std::string> keywords_;
};

}  // namespace posthorn::imap
