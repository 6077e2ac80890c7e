// Copying and moving placements, RFC 9051 6.4.7 (COPY) and 6.4.8 (MOVE), also between accounts.
#pragma once

#include <utility>

#include "mailstore/mailstore.h"

namespace posthorn::mailstore {

struct CopyOutcome {
  UidValidity uid_validity;               ///< of the target
  std::vector<std::pair<Uid, Uid>> uids;  ///< source and copy, ascending by source
  VersionPtr source;                      ///< the source's account afterwards
};

/// Copies those of `uids` that are there, in one commit; where `all` are wanted and some are not there, none, and
/// Code::conflict. With `move` they leave the source in the same commit.
/// Within an account the email stays the same one (RFC 8474); across accounts it becomes another one with the same
/// body. Errors: not_found (source or target is gone), over_quota, too_many, and the store's.
Task<Result<CopyOutcome>> copy(Mailstore* mailstore, OpenMailboxPtr from, UidSet uids, AccountPtr to, MailboxId mailbox,
                               bool move, bool all = false);

}  // namespace posthorn::mailstore
