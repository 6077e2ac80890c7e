// What the client is told unasked: EXPUNGE, FETCH with FLAGS, EXISTS, RECENT. RFC 9051 7.5.1, 7.4.1, 5.5.
#pragma once

#include <string>

#include "imap/server/selected.h"
#include "mailstore/flags.h"
#include "mailstore/keywords.h"
#include "net/task.h"

namespace posthorn::imap {

class Session;

/// FETCH's FLAGS: "(\Seen $Forwarded)".
void print_flags(std::string& out, const mailstore::Flags& flags, const mailstore::KeywordTable& keywords,
                 bool is_recent);
/// "* 3 FETCH (UID 7 FLAGS (\Seen))" with its CRLF.
void print_flags_line(std::string& out, Msn msn, const mailstore::Placement& row,
                      const mailstore::KeywordTable& keywords, bool is_recent);
/// FLAGS: the system flags and all keywords of the account.
void print_flags_data(std::string& out, const mailstore::KeywordTable& keywords);

/// Flags that the client knows already, as it set them itself.
struct Silence {
  mailstore::UidSet uids;
  ModSeq modseq;  ///< the change that set them; later ones are told all the same
};

/// Gathers all that is news in the selected mailbox, and nothing where none is selected. Expunged messages are held
/// back without `may_renumber`. Where the mailbox is gone the session says BYE and ends after the present reply.
net::Task<> tell_updates(Session* session, bool may_renumber, Silence silence = {});

}  // namespace posthorn::imap
