// Which messages a mailbox has lost since a ModSeq: what VANISHED (EARLIER) tells, RFC 7162 3.2.10.
#pragma once

#include "base/result.h"
#include "mailstore/mailbox.h"
#include "store/store.h"

namespace posthorn::mailstore {

/// More entries of the log than this are not read for it.
inline constexpr std::uint64_t kMostEntriesForVanished = 10'000;

struct Vanished {
  UidSet uids;
  /// Read from the log. Where it does not reach back that far, or is too long, `uids` are all below UIDNEXT that are
  /// not there: also those that were gone before (RFC 7162 3.2.5.2 lets a server say more than it need).
  bool is_exact = true;
};

/// `mailbox` has its columns and is of a version of ModSeq `upto`. Blocks. Errors: damaged, io.
Result<Vanished> vanished_since(const store::View& view, AccountId account, const Mailbox& mailbox, ModSeq since,
                                ModSeq upto);

}  // namespace posthorn::mailstore
