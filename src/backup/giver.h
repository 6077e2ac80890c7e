// The server's side of a backup: gives a snapshot of the store, as it is asked (frames.h).
#pragma once

#include "mailstore/mailstore.h"
#include "migration/channel.h"

namespace posthorn::backup {

/// What the server says of itself.
struct Origin {
  std::string store_id, host;
};

/// Until the channel ends; on a thread of its own, which has less of the machine than others from then on. Bodies are
/// held until then. Errors: the channel's.
Result<void> give_backup(mailstore::Mailstore* mailstore, const Origin& origin, migration::Channel* channel);

}  // namespace posthorn::backup
