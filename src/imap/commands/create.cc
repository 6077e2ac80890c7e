// CREATE, RFC 9051 6.3.4.
#include "mailstore/mailboxes.h"

#include "imap/commands/commands.h"
#include "imap/server/error_table.h"
#include "imap/server/session.h"

namespace posthorn::imap::commands {

net::Task<Reply> create(Session* session, Command command) {
  const auto name = arguments_by(command, [](Lexer& in) { return MailboxName::parse_created(in); });
  if (!name) co_return reply_to(name.error());
  const auto made = co_await mailstore::create_mailbox(session->mailstore(), session->account(), name->utf8());
  co_return made ? Reply::ok("CREATE completed") : reply_to(made.error());
}

}  // namespace posthorn::imap::commands
