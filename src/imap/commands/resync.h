// Bringing a client up to date that was here before: what vanished and what changed since a ModSeq, RFC 7162 3.2.5 and
// 3.2.6.
#pragma once

#include "base/result.h"
#include "imap/syntax/select_args.h"
#include "mailstore/mailstore.h"
#include "net/task.h"

namespace posthorn::imap {

class Session;

/// Gathers VANISHED (EARLIER): those of `asked` that the selected mailbox has lost since `since`. What the session
/// still has in its view is left out: that is told when it is expunged. Where it is not known exactly, UIDs up to
/// `surely_known` are left out as well. Errors: the store's.
net::Task<Result<void>> tell_vanished(Session* session, ModSeq since, UidSet asked, Uid surely_known);

/// Gathers what is news to a client that remembers the selected mailbox, which is of `version`. Errors: the store's.
net::Task<Result<void>> tell_changes_since(Session* session, mailstore::VersionPtr version, Remembered remembered);

}  // namespace posthorn::imap
