// What somebody who has logged in by an app password may send: as whom, and how much (RFC 6409 6.1).
#pragma once

#include <string>

#include "directory/directory.h"
#include "mta/sender_rate.h"
#include "smtp/server/intake.h"

namespace posthorn::mta {

/// At MAIL; counts the message. An app password may name senders (AppPassword::senders), of which only those count that
/// the account owns; the null reverse-path is free, as it names nobody. Blocks. Errors: denied for a sender, too_many
/// above the rate; denied for an app password that is gone.
Result<void> check_submitter(directory::Directory& directory, SenderRate& rate, const smtp::SessionInfo& session,
                             const smtp::ReversePath& from);

}  // namespace posthorn::mta
