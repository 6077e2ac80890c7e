// Bodies that are damaged in the store come back out of a backup, where the messages that have them are.
//
//   body, bytes*, end -> done | broken
#pragma once

#include <string>
#include <vector>

#include "backup/archive.h"
#include "migration/channel.h"
#include "store/log/log_store.h"

namespace posthorn::backup {

struct Healed {
  std::uint64_t bodies = 0;
  std::vector<std::string> left;  ///< a line for each that the backup does not give
};

/// The command's side. Errors: the channel's, the server's.
Result<Healed> give_bodies(const Archive& archive, migration::Channel& channel, const std::vector<Digest>& bodies);
/// The server's side, until the channel ends.
Result<void> take_bodies(store::log::LogStore& store, migration::Channel& channel);

}  // namespace posthorn::backup
