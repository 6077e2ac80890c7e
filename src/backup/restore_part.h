// The command's side of a restore of a part: an account, a mailbox, or messages, from a point in time into the living
// server (restore_receiver.h).
#pragma once

#include <functional>
#include <optional>

#include "backup/archive.h"
#include "backup/point.h"
#include "mailstore/uid_set.h"
#include "migration/channel.h"

namespace posthorn::backup {

struct PartAsked {
  std::string mailbox = "";                    ///< as it was called then; "": all
  std::optional<mailstore::UidSet> uids = {};  ///< that they had there then; nothing: all
  std::string into = "";                       ///< a mailbox; "": where they were
  const std::atomic<bool>* stop = nullptr;
};

struct RestoredPart {
  std::uint64_t restored = 0, bytes = 0;
  std::uint64_t there = 0;        ///< were there already, and stayed as they are
  std::vector<std::string> lost;  ///< a line each: what the backup does not give
};

/// Brings messages back with their flags, but without \Deleted, and their dates. Errors: not_found (account, mailbox or
/// UIDs are not in the backup), the channel's, the server's. What was committed before an error stays, and is there
/// already the next time: `restored` says how much.
Result<void> restore_part(const Archive& archive, const SavedAccount& account, const PartAsked& asked,
                          migration::Channel& channel, const std::function<void(std::uint64_t bytes)>& step,
                          RestoredPart& outcome);

}  // namespace posthorn::backup
