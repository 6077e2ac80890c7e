// The one place where an Error becomes a POP3 reply.
#pragma once

#include "base/result.h"
#include "pop3/syntax.h"

namespace posthorn::pop3 {

/// Total. The response codes are those of RFC 2449 8.1 and RFC 3206 4.
Reply reply_to(const Error& error);

}  // namespace posthorn::pop3
