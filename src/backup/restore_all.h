// A whole backup into an empty store: everything as it was, but for what must not be.
//
// UIDs, flags, keywords, dates, ModSeqs, passwords, and all that the directory knows are as they were. Every mailbox
// has another UIDVALIDITY: between the backup and the loss, the lost store gave UIDs to messages that the backup does
// not hold, and gives them again to others now; a client that kept what it knew would show one message for another (RFC
// 9051 2.3.1.1). POP3's unique-ids stay, as those were told with the old UIDVALIDITY in them. What was expunged before
// the backup, and could have been brought back, cannot be any more.
#pragma once

#include <atomic>
#include <functional>

#include "backup/archive.h"
#include "backup/point.h"
#include "store/store.h"

namespace posthorn::backup {

struct RestoredAll {
  std::uint64_t accounts = 0, messages = 0;
  std::vector<std::string> lost;  ///< a line each
};

/// Nobody else uses `store`, which is empty. Blocks. Errors: those of the store; cancelled. What the backup does not
/// give is left out and told.
Result<RestoredAll> restore_all(const Archive& archive, const NamedPoint& point, store::Store& store,
                                const std::atomic<bool>* stop, const std::function<void(std::uint64_t bytes)>& step);

}  // namespace posthorn::backup
