// LOGOUT, RFC 9051 6.1.3.
#include "imap/commands/commands.h"
#include "imap/server/session.h"

namespace posthorn::imap::commands {

net::Task<Reply> logout(Session* session, Command) {
  session->end_with_bye("Logging out");
  co_return Reply::ok("LOGOUT completed");
}

}  // namespace posthorn::imap::commands
