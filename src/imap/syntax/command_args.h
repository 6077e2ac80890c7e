// The head of a command, and the arguments of those commands whose grammar is more than one production
// (RFC 9051 9, RFC 3501 9). Arguments are read and printed without the space before them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "imap/syntax/date_time.h"
#include "imap/syntax/flags.h"
#include "imap/syntax/lexer.h"
#include "imap/syntax/literal.h"
#include "imap/syntax/mailbox_name.h"
#include "imap/syntax/sequence_set.h"
#include "imap/syntax/status_items.h"

namespace posthorn::imap {

/// tag SP name, or tag SP "UID" SP name.
struct CommandHead {
  /// Kept when the rest is not well-formed, so that the BAD can bear it; "" if there is none.
  std::string tag;
  bool is_uid = false;
  /// In upper case.
  std::string name;

  static CommandHead parse(Lexer& in);
  void print(std::string& out) const;
  friend bool operator==(const CommandHead&, const CommandHead&) = default;
};

/// userid SP password
struct LoginArgs {
  std::string user;
  std::string password;

  static LoginArgs parse(Lexer& in);
  void print(std::string& out) const;
  friend bool operator==(const LoginArgs&, const LoginArgs&) = default;
};

/// auth-type [SP initial-resp] (RFC 4959)
struct AuthenticateArgs {
  /// In upper case.
  std::string mechanism;
  /// Still base64, not yet checked beyond its alphabet; "" for the empty response, which travels as "=".
  std::optional<std::string> initial_response;

  static AuthenticateArgs parse(Lexer& in);
  void print(std::string& out) const;
  friend bool operator==(const AuthenticateArgs&, const AuthenticateArgs&) = default;
};

/// RENAME: mailbox SP mailbox.
struct RenameArgs {
  MailboxName from;
  MailboxName to;

  static RenameArgs parse(Lexer& in);
  void print(std::string& out, NameEncoding names) const;
  friend bool operator==(const RenameArgs&, const RenameArgs&) = default;
};

/// STATUS: mailbox SP "(" status-att *(SP status-att) ")".
struct StatusArgs {
  MailboxName mailbox;
  StatusItems items;

  static StatusArgs parse(Lexer& in);
  void print(std::string& out, NameEncoding names) const;
  friend bool operator==(const StatusArgs&, const StatusArgs&) = default;
};

/// [flag-list SP] [date-time SP] and the announcement of the literal with which the line ends: one message of APPEND,
/// or one more of MULTIAPPEND (RFC 3502). The literal may stand in "UTF8 (" ... ")" (RFC 6855 4).
struct AppendMessage {
  FlagList flags;
  std::optional<DateTime> date;
  bool is_utf8 = false;  ///< ")" follows the literal
  LiteralAnnouncement literal;

  static AppendMessage parse(Lexer& in);
  void print(std::string& out) const;
  friend bool operator==(const AppendMessage&, const AppendMessage&) = default;
};

/// mailbox SP AppendMessage. Whether the literal announced at the end of a line is the message or still the name of
/// the mailbox is told by trying: as long as the name is not there, parsing fails.
struct AppendArgs {
  MailboxName mailbox;
  AppendMessage message;

  static AppendArgs parse(Lexer& in);
  void print(std::string& out, NameEncoding names) const;
  friend bool operator==(const AppendArgs&, const AppendArgs&) = default;
};

/// COPY and MOVE: sequence-set SP mailbox.
struct CopyArgs {
  SequenceSet messages;
  MailboxName mailbox;

  static CopyArgs parse(Lexer& in);
  void print(std::string& out, NameEncoding names) const;
  friend bool operator==(const CopyArgs&, const CopyArgs&) = default;
};

/// store-att-flags: ["+" / "-"] "FLAGS" [".SILENT"] SP flags.
struct StoreFlags {
  enum class Mode : std::uint8_t { replace, add, remove };

  Mode mode = Mode::replace;
  bool is_silent = false;
  FlagList flags;

  static StoreFlags parse(Lexer& in);
  void print(std::string& out) const;
  friend bool operator==(const StoreFlags&, const StoreFlags&) = default;
};

}  // namespace posthorn::imap
