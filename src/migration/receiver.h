// The server's side of an import: takes what the command tells over a channel (frames.h) and adds it to an account,
// many messages a commit, each with its mark (mailstore/import_marks.h).
#pragma once

#include "mailstore/mailstore.h"
#include "migration/channel.h"

namespace posthorn::migration {

/// Until the channel ends; what was not committed by then is not kept. `owner` is the account's address. What cannot be
/// done is told as the last frame. Blocks its thread, which must be nobody else's. Errors: the channel's.
net::Task<Result<void>> receive_import(mailstore::Mailstore* mailstore, mailstore::AccountPtr account,
                                       std::string owner, Channel* channel);

}  // namespace posthorn::migration
