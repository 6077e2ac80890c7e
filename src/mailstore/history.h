// An account's past, as far back as its log tells it (MailstoreOptions::keep).
//
// These read the whole account and block.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "mailstore/version.h"
#include "store/store.h"

namespace posthorn::mailstore {

/// A message that is nowhere in its account any more, in the place that it went from last.
struct GoneMessage {
  MailboxId mailbox;
  std::string name;  ///< of the mailbox, as it was called then
  Placement placement;
  WallTime gone;
};

/// In the order in which they went. Errors: damaged, io.
Result<std::vector<GoneMessage>> gone_messages(const store::View& view, AccountId account);

/// The account as it was at `time`, with the columns of every mailbox. Errors: unavailable where the log does not go
/// back so far (says how far); damaged, io.
Result<std::shared_ptr<Version>> version_at(const store::View& view, AccountId account, WallTime time);

}  // namespace posthorn::mailstore
