// The server's side of an export: tells mailboxes, rows and bytes over a channel (frames.h).
#pragma once

#include "mailstore/mailstore.h"
#include "migration/channel.h"

namespace posthorn::migration {

/// Until the channel ends. What cannot be done is told as the last frame. Blocks. Errors: the channel's.
Result<void> give_export(mailstore::Mailstore* mailstore, mailstore::AccountPtr account, Channel* channel);

}  // namespace posthorn::migration
