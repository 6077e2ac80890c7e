// RENAME, RFC 9051 6.3.6.
#include "imap/commands/commands.h"
#include "imap/server/error_table.h"
#include "imap/server/session.h"
#include "imap/syntax/command_args.h"
#include "mailstore/mailboxes.h"

namespace posthorn::imap::commands {

net::Task<Reply> rename(Session* session, Command command) {
  const auto args = arguments<RenameArgs>(command);
  if (!args) co_return reply_to(args.error());
  if (args->to.is_inbox())
    co_return Reply{Condition::no, ResponseCode{"ALREADYEXISTS"}, "INBOX is always there already"};
  const auto done =
      co_await mailstore::rename_mailbox(session->mailstore(), session->account(), args->from.utf8(), args->to.utf8());
  co_return done ? Reply::ok("RENAME completed") : reply_to(done.error());
}

}  // namespace posthorn::imap::commands
