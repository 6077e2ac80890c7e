// DELETE, RFC 9051 6.3.5.
#include "imap/commands/commands.h"
#include "imap/server/error_table.h"
#include "imap/server/session.h"
#include "mailstore/mailboxes.h"

namespace posthorn::imap::commands {

net::Task<Reply> delete_(Session* session, Command command) {
  const auto name = arguments<MailboxName>(command);
  if (!name) co_return reply_to(name.error());
  if (name->is_inbox()) co_return Reply{Condition::no, ResponseCode{"CANNOT"}, "INBOX cannot be deleted"};
  const auto done = co_await mailstore::delete_mailbox(session->mailstore(), session->account(), name->utf8());
  if (!done) co_return reply_to(done.error());
  Selected* selected = session->selected();
  if (selected != nullptr && selected->mailbox()->version()->find(selected->mailbox()->id()) == nullptr) {
    // Its own doing: no reason for the BYE that tell_updates() would say. RFC 9051 7.1, CLOSED.
    session->select(nullptr);
    StatusResponse{.code = ResponseCode{"CLOSED"}, .text = "The selected mailbox was deleted"}.print(session->out());
  }
  co_return Reply::ok("DELETE completed");
}

}  // namespace posthorn::imap::commands
