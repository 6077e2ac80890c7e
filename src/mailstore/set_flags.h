// Changing flags of placements, RFC 9051 6.4.6 (STORE), with RFC 7162's UNCHANGEDSINCE.
#pragma once

#include <optional>

#include "mailstore/append.h"

namespace posthorn::mailstore {

struct FlagsAsked {
  UidSet uids;  ///< those that are gone are passed over
  FlagsOp op = FlagsOp::replace;
  FlagNames flags;
  std::optional<ModSeq> unchanged_since;
};

struct FlagsOutcome {
  VersionPtr version;  ///< in which the new flags stand
  UidSet changed;      ///< whose flags became others
  UidSet modified;     ///< not touched, as their ModSeq is above unchanged_since
};

/// Errors: not_found (the mailbox is gone), too_many (keywords are used up), and the store's.
Task<Result<FlagsOutcome>> set_flags(Mailstore* mailstore, OpenMailboxPtr mailbox, FlagsAsked asked);

/// Sets `user`'s own flags (kPrivateFlags of fold.h) on another account's mailbox; shared flags stay.
Task<Result<FlagsOutcome>> set_private_flags(Mailstore* mailstore, OpenMailboxPtr mailbox, AccountId user,
                                             FlagsAsked asked);

/// The ids of the names, defining those that are new: `changes` gets the definitions, which must stand before any
/// change that uses them. Pure. Errors: too_many.
Result<Flags> flags_of(const FlagNames& names, const KeywordTable& table, std::vector<Change>& changes);

}  // namespace posthorn::mailstore
