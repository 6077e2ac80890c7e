// What DATA and BDAT have in common: how a message begins, and how it ends.
#pragma once

#include <optional>

#include "net/task.h"
#include "smtp/syntax/reply.h"

namespace posthorn::smtp {

class Session;

namespace commands {

/// There is no recipient to send the message to: how that is said. The state is not rcpt.
Reply no_recipients(const Session& session);

/// Tells the Intake that a message comes; on refusal the transaction is dropped, and the reply is what is said.
net::Task<std::optional<Reply>> begin_message(Session* session);

/// The message is whole in session->body(): judges it, ends it at the Intake, and ends the transaction. With LMTP a
/// reply for each recipient (RFC 2033 4.2), of which the last is returned and the others are gathered.
net::Task<Reply> end_message(Session* session);

}  // namespace commands
}  // namespace posthorn::smtp
