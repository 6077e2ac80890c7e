// Undoing: a change forward, under new UIDs, that brings back what was. Nothing is lost by it: it may be undone as
// well.
//
// These read the whole account and block.
#pragma once

#include <string>
#include <vector>

#include "mailstore/mailstore.h"

namespace posthorn::mailstore {

struct UndeleteAsked {
  std::string mailbox = "";         ///< from which they went, as it was called then; "" is all
  std::optional<UidSet> uids = {};  ///< that they had there; nothing: all
  WallTime since = {};              ///< only what went at this time or later
  std::string into = "";            ///< a mailbox; "": where they were
};
/// Brings messages back that are nowhere in the account, without \Deleted; their mailboxes are made anew where they are
/// gone. Answers how many. Errors: over_quota, too_many, and the store's.
Result<std::size_t> undelete(Mailstore& mailstore, const AccountPtr& account, const UndeleteAsked& asked);

struct Rewound {
  std::size_t back = 0;       ///< messages that are in their mailboxes again
  std::size_t flags = 0;      ///< messages that have their flags again
  std::size_t removed = 0;    ///< copies made since, of messages that were there then
  std::size_t mailboxes = 0;  ///< made anew, or called again what they were called
};
/// The account is again what it was at `time`: what was in a mailbox is there, with the flags and under the name that
/// it had, and what was subscribed is. What came since stays where it is. Errors: unavailable where the log does not go
/// back so far, conflict where the account changes meanwhile, over_quota, too_many, and the store's.
Result<Rewound> rewind(Mailstore& mailstore, const AccountPtr& account, WallTime time);

}  // namespace posthorn::mailstore
