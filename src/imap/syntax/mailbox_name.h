// Names of mailboxes, between their form by wire and the one that Posthorn keeps (RFC 9051 5.1, RFC 3501 5.1.3).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "imap/syntax/lexer.h"

namespace posthorn::imap {

/// UTF-8 with "/" between the levels. A name is a label, not a path: "." and ".." mean nothing.
///
/// Invariants: 1 to kMaxBytes bytes of UTF-8, at most kMaxDepth levels, none of them empty; no control characters
/// (C0, C1, DEL, U+2028, U+2029: RFC 6855 3); normal form C (RFC 9051 5.1). INBOX in any case, also as the first level,
/// is "INBOX".
class MailboxName {
 public:
  static constexpr std::size_t kMaxBytes = 1000;
  static constexpr int kMaxDepth = 50;
  static constexpr char kSeparator = '/';

  /// INBOX.
  MailboxName() = default;
  /// Brings the text into normal form C; Code::invalid with the reason for anything else that breaks the invariants.
  static Result<MailboxName> from_utf8(std::string_view utf8);
  /// What stood in an astring. Code::invalid also for UTF-7 that is bad or not in its one canonical form.
  static Result<MailboxName> from_wire(std::string_view text, NameEncoding encoding);

  const std::string& utf8() const { return text_; }
  std::string to_wire(NameEncoding encoding) const;

  bool is_inbox() const { return text_ == "INBOX"; }
  int depth() const;
  /// The name without its last level, nothing at the top.
  std::optional<MailboxName> parent() const;
  /// Whether `ancestor` is above this name at any distance; a name is not under itself.
  bool is_under(const MailboxName& ancestor) const;

  /// An astring. A name that cannot be is refused (Code::invalid, a NO), not a syntax error.
  static MailboxName parse(Lexer& in);
  /// The same for CREATE, where one "/" at the end only announces children (RFC 9051 6.3.4).
  static MailboxName parse_created(Lexer& in);
  void print(std::string& out, NameEncoding encoding) const;

  friend bool operator==(const MailboxName&, const MailboxName&) = default;
  friend auto operator<=>(const MailboxName&, const MailboxName&) = default;

 private:
  std::string text_ = "INBOX";
};

/// Text of a name or of a pattern of LIST as UTF-8 in normal form C. Code::invalid where it is badly encoded.
Result<std::string> name_text_from_wire(std::string_view text, NameEncoding encoding);
/// Appends the same text, which is UTF-8, as an astring.
void print_name_text(std::string& out, std::string_view utf8, NameEncoding encoding);

}  // namespace posthorn::imap
