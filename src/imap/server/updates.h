// What the client is told unasked: EXPUNGE or VANISHED, FETCH with FLAGS, EXISTS, RECENT. RFC 9051 7.5.1, 7.4.1, 5.5,
// RFC 7162 3.2.3.
#pragma once

#include <string>

#include "imap/server/command.h"
#include "imap/server/selected.h"
#include "mailstore/flags.h"
#include "mailstore/keywords.h"
#include "net/task.h"

namespace posthorn::imap {

class Session;

/// FETCH's FLAGS: "(\Seen $Forwarded)".
void print_flags(std::string& out, const mailstore::Flags& flags, const mailstore::KeywordTable& keywords,
                 bool is_recent);
/// "MODSEQ (624140003)"
void print_modseq(std::string& out, ModSeq modseq);
/// "* 3 FETCH (UID 7 FLAGS (\Seen))" with its CRLF, and with the MODSEQ for who has enabled that.
void print_flags_line(std::string& out, Msn msn, const mailstore::Placement& row,
                      const mailstore::KeywordTable& keywords, bool is_recent, bool with_modseq);
/// Gathers and flushes such lines for messages as they are now: UID, with FLAGS or without, and MODSEQ where enabled.
/// Messages that are gone have none. `messages` outlives the call.
net::Task<> tell_rows(Session* session, const Stretches* messages, bool with_flags);
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

/// The reply of a command that has removed messages. They are told before it, so that the HIGHESTMODSEQ in it is one up
/// to which all is told (RFC 7162 3.2.7).
net::Task<Reply> removal_reply(Session* session, bool has_removed, std::string text);

}  // namespace posthorn::imap
