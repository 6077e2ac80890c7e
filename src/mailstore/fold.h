// The one place where a log entry turns a version of an account into the next.
//
// Pure: no I/O, no clock, no randomness. Placements are folded where a mailbox has its columns, counters always, so
// that an account can be brought up to date without reading what nobody has open.
#pragma once

#include <memory>

#include "base/result.h"
#include "mailstore/change.h"
#include "mailstore/version.h"

namespace posthorn::mailstore {

/// The version after `entry`. Errors: damaged, where the entry does not follow on `before` (its ModSeq is not the
/// next, it names a mailbox that is not there, a UID that is not above all others).
Result<std::shared_ptr<Version>> fold(const Version& before, const LogEntry& entry);

/// Folds only what concerns the placements of one mailbox.
Columns fold_columns(Columns columns, MailboxId mailbox, const LogEntry& entry);

/// Flags of `user` on a shared mailbox: the shared ones but for those of `kPrivateFlags`, which are the user's own.
inline constexpr std::uint8_t kPrivateFlags = kSeen;
/// As `user` sees the placement: own flags in place of the shared ones; the larger of both ModSeqs.
Placement seen_by(Placement p, const PrivateMarks* marks);

}  // namespace posthorn::mailstore
