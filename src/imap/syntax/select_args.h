// The arguments of SELECT and EXAMINE, with the parameters of RFC 7162 3.1.8 (CONDSTORE) and 3.2.5 (QRESYNC).
#pragma once

#include <optional>

#include "imap/syntax/mailbox_name.h"
#include "imap/syntax/run_set.h"

namespace posthorn::imap {

/// What a client remembers of the mailbox. None of it is to be believed.
struct Remembered {
  UidValidity uid_validity;
  ModSeq modseq;
  /// UIDs that it has; nothing: all that there may be.
  std::optional<UidSet> known_uids;
  /// The n-th of these message numbers had the n-th of these UIDs. Sets of different sizes tell nothing.
  MsnSet match_numbers;
  UidSet match_uids;

  /// uidvalidity SP mod-sequence-value [SP known-uids] [SP seq-match-data], in parentheses.
  static Remembered parse(Lexer& in);
  void print(std::string& out) const;
  friend bool operator==(const Remembered&, const Remembered&) = default;
};

/// mailbox [SP "(" select-param *(SP select-param) ")"]
struct SelectArgs {
  MailboxName mailbox;
  bool condstore = false;
  std::optional<Remembered> qresync;

  static SelectArgs parse(Lexer& in);
  void print(std::string& out, NameEncoding names) const;
  friend bool operator==(const SelectArgs&, const SelectArgs&) = default;
};

}  // namespace posthorn::imap
