// The one place where an Error becomes an IMAP reply.
#pragma once

#include "base/result.h"
#include "imap/server/command.h"

namespace posthorn::imap {

/// What was being done.
enum class Phase {
  any,
  login,
  target,  ///< the mailbox that APPEND, COPY or MOVE puts messages into
};

/// Total: every Code has a reply in every phase. The text is the error's.
Reply reply_to(const Error& error, Phase phase = Phase::any);

}  // namespace posthorn::imap
