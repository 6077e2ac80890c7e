// The server's side of a restore of a part: messages come back into a living account, as changes forward, under new
// UIDs; nothing that is there is changed.
//
// A message is there already where one with the same bytes is: as it came in and with the trace fields that it got
// here, by which two deliveries of one text differ. It is looked for in the whole account, so that one that was moved
// since does not come twice; where the target was named (`into`), in that mailbox alone. Only what was there when the
// restore began counts: a message that the backup has twice comes twice.
#pragma once

#include <string>

#include "mailstore/mailstore.h"
#include "migration/channel.h"
#include "net/task.h"

namespace posthorn::backup {

/// Until the channel ends. `into`: the mailbox in which messages count as being there; "" for all.
net::Task<Result<void>> receive_restore(mailstore::Mailstore* mailstore, mailstore::AccountPtr account,
                                        std::string into, migration::Channel* channel);

}  // namespace posthorn::backup
