// Puts right what check() finds (`posthorn store check --repair`).
//
// What is derived is made anew: checkpoints, counters, references, marks of \Recent. An account whose base or log is
// damaged is put together of all that can be read: the base or its derived twin, the changes behind it, and emails that
// nothing names any more, which go to the mailbox Recovered. An email whose row is lost is parsed anew from its body,
// where a reference still leads there. A message of which only the body is damaged or missing keeps its place: it comes
// back when its body does. What is lost is told, each mailbox with its UIDs; then the account's UIDVALIDITYs are drawn
// anew, as UIDs may have been told that nobody knows of any more.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "store/store.h"

namespace posthorn::mailstore {

struct RepairReport {
  std::vector<std::string> mended;  ///< a line each: put right, and nothing lost
  std::vector<std::string> lost;    ///< could not be; and what waits for the server to be stopped
};

enum class RepairMode {
  offline,  ///< nobody else uses the store
  online,   ///< what needs an account for itself is left, and told
};

struct RepairAsked {
  RepairMode mode = RepairMode::offline;
  std::set<AccountId> known = {};  ///< accounts that there should be, whatever the store says
  /// Commits are gone, and nobody knows which: every account goes on with UIDs, ModSeqs and ids well above those that
  /// it may have given out in them.
  bool lacks_commits = false;
};

/// Blocks. Errors: the store's.
Result<RepairReport> repair(store::Store& store, const RepairAsked& asked);

/// What a damaged commit of the log was about, as far as it can be read: accounts, mailboxes, UIDs.
std::string describe_commit(std::string_view payload);

}  // namespace posthorn::mailstore
