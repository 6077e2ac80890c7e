// Going on with the UIDs of another server, so that clients that knew the mailbox there need not read it again
// (RFC 9051 2.3.1.1: UIDVALIDITY and UID together name a message for ever).
//
// Invariants. A UIDVALIDITY is taken over only where nothing was ever told under it: the mailbox never had a message;
// the account has not given it out, nor has one that is gone; and it was not taken over before for a mailbox of that
// name and owner, which a row remembers for ever, even when mailbox and account are gone. A mailbox that is renamed
// gets one of ours (mailboxes.cc). While a source is read, whatever else is delivered takes a UID that the source may
// have given to another message: both then get new ones at the end (give_new_uids), and no UID ever means two messages.
//
// Format of the row: Table::system, "uid_validity_taken", the first 16 bytes of the SHA-256 of owner NUL name NUL
// UIDVALIDITY(4); no value.
#pragma once

#include <string>

#include "mailstore/mailstore.h"

namespace posthorn::mailstore {

/// Gives the mailbox this UIDVALIDITY. `owner` is the account's address. True: done, or done before for this mailbox;
/// false: it cannot be, and the mailbox keeps its own. Errors: not_found, and the store's.
Task<Result<bool>> take_over_uid_validity(Mailstore* mailstore, AccountPtr account, MailboxId mailbox,
                                          std::string owner, UidValidity wanted);

/// Raises UIDNEXT to `uid_next` (or leaves it, if it is above), and gives the messages of `uids` new UIDs behind that.
/// Errors: not_found, too_many (no UIDs are left), and the store's.
Task<Result<VersionPtr>> give_new_uids(Mailstore* mailstore, OpenMailboxPtr mailbox, Uid uid_next, UidSet uids);

}  // namespace posthorn::mailstore
