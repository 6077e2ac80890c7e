// STATUS, RFC 9051 6.3.11.
#include "imap/commands/commands.h"
#include "imap/commands/counted_mailbox.h"
#include "imap/server/error_table.h"
#include "imap/server/session.h"
#include "imap/syntax/command_args.h"

namespace posthorn::imap::commands {

net::Task<Reply> status(Session* session, Command command) {
  auto args = arguments<StatusArgs>(command);
  if (!args) co_return reply_to(args.error());
  const Reply none = reply_to({Code::not_found, "There is no such mailbox"});
  const auto version = session->account()->published();
  const mailstore::Mailbox* found = version->find(args->mailbox.utf8());
  if (found == nullptr) co_return none;
  const auto data = co_await count_mailbox(session, found->id, std::move(args->items));
  if (!data) co_return reply_to(data.error());
  if (!*data) co_return none;
  (*data)->print(session->out(), session->enabled().names());
  co_return Reply::ok("STATUS completed");
}

}  // namespace posthorn::imap::commands
