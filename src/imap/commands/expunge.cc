// EXPUNGE, RFC 9051 6.4.3, and UID EXPUNGE, 6.4.9.
#include "mailstore/expunge.h"

#include "imap/commands/commands.h"
#include "imap/server/error_table.h"
#include "imap/server/session.h"
#include "imap/server/updates.h"

namespace posthorn::imap::commands {

static net::Task<Reply> run(Session* session, std::optional<mailstore::UidSet> only) {
  const auto done = co_await mailstore::expunge(session->mailstore(), session->selected()->mailbox(), std::move(only));
  if (!done) co_return reply_to(done.error());
  co_return co_await removal_reply(session, !done->expunged.empty(), "EXPUNGE completed");
}

net::Task<Reply> expunge(Session* session, Command) { co_return co_await run(session, std::nullopt); }

net::Task<Reply> uid_expunge(Session* session, Command command) {
  const auto set = arguments<SequenceSet>(command);
  if (!set) co_return reply_to(set.error());
  const auto messages = session->selected()->resolve(*set, true);
  if (!messages) co_return reply_to(messages.error());
  co_return co_await run(session, uids_of(*messages));
}

}  // namespace posthorn::imap::commands
