// Walks every invariant of the mail in a store: what `posthorn store check` tells.
//
// For each account: the base matches its digest; the log is whole behind it; counters are what the placements add up
// to; UIDs ascend below UIDNEXT; ModSeqs and ids are below the next ones; mailbox names are unique; every placement's
// email has its row, its body and the reference that keeps it; the checkpoint is the fold of base and log; no mark of
// \Recent is above UIDNEXT.
#pragma once

#include <string>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "store/store.h"

namespace posthorn::mailstore {

struct CheckReport {
  std::uint64_t accounts = 0;
  std::uint64_t messages = 0;
  std::uint64_t entries = 0;       ///< of all logs
  std::vector<std::string> wrong;  ///< a line each
  std::vector<store::Digest> missing_bodies;
};

/// Looks at a snapshot, so that it may run beside a busy server. Errors: io.
Result<CheckReport> check(const store::Store& store);
/// The same of one account.
CheckReport check_account(const store::View& view, AccountId account);

}  // namespace posthorn::mailstore
