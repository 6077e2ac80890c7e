// The arguments of LIST and LSUB: RFC 9051 6.3.9, RFC 5258 (LIST-EXTENDED), RFC 5819 (LIST-STATUS), RFC 6154 3.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "imap/syntax/lexer.h"
#include "imap/syntax/status_items.h"

namespace posthorn::imap {

/// LSUB: mailbox SP list-mailbox. Both are UTF-8, at most MailboxName::kMaxBytes, and the reference need not be a name
/// ("", "a/").
struct LsubArgs {
  std::string reference;
  std::string pattern;

  static LsubArgs parse(Lexer& in);
  void print(std::string& out, NameEncoding names) const;
  friend bool operator==(const LsubArgs&, const LsubArgs&) = default;
};

/// list-select-opts: which mailboxes; "(" [option *(SP option)] ")".
struct ListSelection {
  bool subscribed = false;
  bool remote = false;  ///< none is
  bool recursive_match = false;
  bool special_use = false;

  static ListSelection parse(Lexer& in);
  void print(std::string& out) const;
  friend bool operator==(const ListSelection&, const ListSelection&) = default;
};

/// list-return-opts: what to tell of them; "(" [option *(SP option)] ")".
struct ListReturn {
  bool subscribed = false;
  bool children = false;
  bool special_use = false;
  std::optional<StatusItems> status;

  static ListReturn parse(Lexer& in);
  void print(std::string& out) const;
  friend bool operator==(const ListReturn&, const ListReturn&) = default;
};

/// [list-select-opts SP] mailbox SP mbox-or-pat [SP "RETURN" SP list-return-opts]
struct ListArgs {
  static constexpr std::size_t kMaxPatterns = 100;

  std::optional<ListSelection> selection;
  std::string reference;
  /// At least one; each as LsubArgs::pattern.
  std::vector<std::string> patterns;
  bool is_pattern_list = false;  ///< in parentheses
  std::optional<ListReturn> returns;

  /// Says more than RFC 3501 has: then names that only have something below them are \NonExistent.
  bool is_extended() const { return selection || returns || is_pattern_list; }

  static ListArgs parse(Lexer& in);
  void print(std::string& out, NameEncoding names) const;
  friend bool operator==(const ListArgs&, const ListArgs&) = default;
};

}  // namespace posthorn::imap
