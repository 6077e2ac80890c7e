// The one place where an Error becomes an SMTP reply.
#pragma once

#include "base/result.h"
#include "smtp/syntax/reply.h"

namespace posthorn::smtp {

/// What was being done.
enum class Phase { any, connect, auth, mail, rcpt, data, end };

/// Total: every Code has a reply in every phase. The text is the error's, but for
/// failures of ours (io, damaged, internal), which the caller logs.
Reply reply_to(Phase phase, const Error& error);

}  // namespace posthorn::smtp
