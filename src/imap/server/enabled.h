// What a client has enabled (RFC 5161), and with it another way to be spoken to.
#pragma once

#include <string_view>

#include "imap/syntax/lexer.h"

namespace posthorn::imap {

struct Enabled {
  bool condstore = false;    ///< MODSEQ in every FETCH that tells flags (RFC 7162 3.1); also by its first use
  bool qresync = false;      ///< VANISHED in place of EXPUNGE (RFC 7162 3.2.3); implies condstore
  bool utf8_accept = false;  ///< UTF-8 in quoted strings (RFC 6855 3)
  bool imap4rev2 = false;    ///< RFC 9051 appendix E

  /// How mailbox names travel.
  NameEncoding names() const { return takes_utf8() ? NameEncoding::utf8 : NameEncoding::modified_utf7; }
  /// Whether strings may hold UTF-8.
  bool takes_utf8() const { return utf8_accept || imap4rev2; }
  /// IMAP4rev2 has no \Recent (RFC 9051 appendix E).
  bool hears_of_recent() const { return !imap4rev2; }
};

/// The member that the capability `name` switches on, null where it is none of them. In any case.
bool Enabled::* enabled_by(std::string_view name);

}  // namespace posthorn::imap
