// SUBSCRIBE and UNSUBSCRIBE, RFC 9051 6.3.7 and 6.3.8. A mailbox need not exist to be subscribed to, so that a
// subscription outlives a mailbox that is deleted and made again.
#include "imap/commands/commands.h"
#include "imap/server/error_table.h"
#include "imap/server/session.h"
#include "mailstore/mailboxes.h"

namespace posthorn::imap::commands {

static net::Task<Reply> set(Session* session, Command command, bool is_subscribed) {
  const auto name = arguments<MailboxName>(command);
  if (!name) co_return reply_to(name.error());
  const auto done =
      co_await mailstore::set_subscribed(session->mailstore(), session->account(), name->utf8(), is_subscribed);
  if (!done) co_return reply_to(done.error());
  co_return Reply::ok(command.name + " completed");
}

net::Task<Reply> subscribe(Session* session, Command command) {
  co_return co_await set(session, std::move(command), true);
}

net::Task<Reply> unsubscribe(Session* session, Command command) {
  co_return co_await set(session, std::move(command), false);
}

}  // namespace posthorn::imap::commands
