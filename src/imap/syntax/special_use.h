// Names of special uses, RFC 6154 2, and what CREATE takes.
#pragma once

#include <string_view>
#include <vector>

#include "imap/syntax/mailbox_name.h"
#include "mailstore/mailbox.h"

namespace posthorn::imap {

/// "\\Sent"; "" for none.
std::string_view name_of(mailstore::SpecialUse use);

/// mailbox [SP "(" "USE" SP "(" [use-attr *(SP use-attr)] ")" ")"] (RFC 6154 6)
struct CreateArgs {
  MailboxName mailbox;
  /// In the order written, names that nobody knows left out.
  std::vector<mailstore::SpecialUse> uses;
  bool has_unknown_use = false;

  static CreateArgs parse(Lexer& in);
  void print(std::string& out, NameEncoding names) const;
  friend bool operator==(const CreateArgs&, const CreateArgs&) = default;
};

}  // namespace posthorn::imap
