// IDLE, RFC 2177, behind its "+".
#pragma once

#include "imap/server/command.h"
#include "net/task.h"

namespace posthorn::imap {
class Session;
}

namespace posthorn::imap::commands {

enum class IdleOutcome { done, other_line, session_over };

/// Tells what is news until the client's line, or until the session is over. Thousands wait in it: its frame is small.
net::Task<IdleOutcome> idle_until_done(Session* session);
Reply idle_reply(IdleOutcome outcome);

}  // namespace posthorn::imap::commands
