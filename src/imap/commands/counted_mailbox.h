// The figures of a mailbox that STATUS tells: RFC 9051 6.3.11, with SIZE (RFC 8438 3), also for LIST (RFC 5819 2).
#pragma once

#include <optional>

#include "imap/syntax/responses.h"
#include "net/task.h"

namespace posthorn::imap {

class Session;

/// Nothing where the mailbox is gone. Errors: the store's. Asking for HIGHESTMODSEQ enables CONDSTORE (RFC 7162 3.1).
net::Task<Result<std::optional<StatusData>>> count_mailbox(Session* session, MailboxId id, StatusItems items);

}  // namespace posthorn::imap
