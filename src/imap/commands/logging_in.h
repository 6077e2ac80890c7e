// What LOGIN and AUTHENTICATE have in common: the end of it, good or bad.
#pragma once

#include <string>

#include "imap/server/command.h"
#include "net/task.h"
#include "sasl/mechanism.h"

namespace posthorn::imap {

class Session;

/// The session is logged in as `identity` if its account can be opened. `command` is "LOGIN" or "AUTHENTICATE".
net::Task<Reply> let_in(Session* session, sasl::Identity identity, std::string command);
/// After a pause; after too many failures with BYE.
net::Task<Reply> turn_away(Session* session, Error error);

}  // namespace posthorn::imap
