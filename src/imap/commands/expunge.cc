// EXPUNGE, RFC 9051 6.4.3, and UID EXPUNGE, 6.4.9. What is gone is told with the other news behind the command.
#include "mailstore/expunge.h"

#include "imap/commands/commands.h"
#include "imap/server/error_table.h"
#include "imap/server/session.h"

namespace posthorn::imap::commands {

net::Task<Reply> expunge(Session* session, Command) {
  const auto done = co_await mailstore::expunge(session->mailstore(), session->selected()->mailbox(), std::nullopt);
  co_return done ? Reply::ok("EXPUNGE completed") : reply_to(done.error());
}

net::Task<Reply> uid_expunge(Session* session, Command command) {
  const auto set = arguments<SequenceSet>(command);
  if (!set) co_return reply_to(set.error());
  const auto messages = session->selected()->resolve(*set, true);
  if (!messages) co_return reply_to(messages.error());
  const auto done =
      co_await mailstore::expunge(session->mailstore(), session->selected()->mailbox(), uids_of(*messages));
  co_return done ? Reply::ok("EXPUNGE completed") : reply_to(done.error());
}

}  // namespace posthorn::imap::commands
