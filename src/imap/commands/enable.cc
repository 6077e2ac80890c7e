// ENABLE, RFC 5161. No extension here needs to be enabled yet, so that nothing ever is; names nobody knows are no
// error.
#include "imap/commands/commands.h"
#include "imap/server/error_table.h"
#include "imap/server/session.h"

namespace posthorn::imap::commands {

net::Task<Reply> enable(Session* session, Command command) {
  const auto names = arguments_by(command, [](Lexer& in) {
    do in.atom();
    while (in.try_char(' '));
    return true;
  });
  if (!names) co_return reply_to(names.error());
  session->out() += "* ENABLED\r\n";
  co_return Reply::ok("ENABLE completed");
}

}  // namespace posthorn::imap::commands
