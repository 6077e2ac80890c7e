// Removing placements for good, RFC 9051 6.4.3 (EXPUNGE) and 6.4.9 (UID EXPUNGE).
#pragma once

#include <optional>

#include "mailstore/mailstore.h"

namespace posthorn::mailstore {

struct ExpungeOutcome {
  VersionPtr version;
  UidSet expunged;
};

/// Removes what has \Deleted, of `only` where it is given. Errors: not_found (the mailbox is gone), and the store's.
Task<Result<ExpungeOutcome>> expunge(Mailstore* mailstore, OpenMailboxPtr mailbox, std::optional<UidSet> only);

/// Removes those of `uids` that are there, whatever their flags. Errors: as expunge().
Task<Result<ExpungeOutcome>> remove_messages(Mailstore* mailstore, OpenMailboxPtr mailbox, UidSet uids);

/// The change that removes those of `uids` that are in the mailbox; nullopt where there are none. Pure. The mailbox
/// has its columns.
std::optional<Expunged> removal(const Mailbox& mailbox, const UidSet& uids);

}  // namespace posthorn::mailstore
