// LOGIN, RFC 9051 6.2.3.
#include "imap/commands/commands.h"
#include "imap/commands/logging_in.h"
#include "imap/server/error_table.h"
#include "imap/server/session.h"
#include "imap/syntax/command_args.h"

namespace posthorn::imap::commands {

net::Task<Reply> login(Session* session, Command command) {
  auto args = arguments<LoginArgs>(command);
  if (!args) co_return reply_to(args.error());
  auto identity = co_await session->login()->verifier()->verify_password(session->origin(), "", std::move(args->user),
                                                                         std::move(args->password));
  if (!identity) co_return co_await turn_away(session, identity.error());
  co_return co_await let_in(session, std::move(*identity), "LOGIN");
}

}  // namespace posthorn::imap::commands
