// STARTTLS, RFC 9051 6.2.1.
#include "imap/commands/commands.h"
#include "imap/server/session.h"

namespace posthorn::imap::commands {

net::Task<Reply> starttls(Session* session, Command) {
  if (session->stream()->tls() != nullptr) co_return Reply::bad("TLS is already in use");
  if (!session->can_start_tls()) co_return Reply::no("TLS is not configured here");
  session->start_tls_after_reply();
  co_return Reply::ok("Begin TLS negotiation now");
}

}  // namespace posthorn::imap::commands
