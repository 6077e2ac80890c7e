// NAMESPACE, RFC 2342: one, the user's own, with "/" between levels.
#include "imap/commands/commands.h"
#include "imap/server/session.h"

namespace posthorn::imap::commands {

net::Task<Reply> namespace_(Session* session, Command) {
  session->out() += "* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n";
  co_return Reply::ok("NAMESPACE completed");
}

}  // namespace posthorn::imap::commands
