// ENABLE, RFC 5161. Names that nobody knows are no error.
#include "imap/commands/commands.h"
#include "imap/server/error_table.h"
#include "imap/server/session.h"

namespace posthorn::imap::commands {

net::Task<Reply> enable(Session* session, Command command) {
  std::vector<std::string> names;
  const auto read = arguments_by(command, [&names](Lexer& in) {
    do names.push_back(to_upper(in.atom()));
    while (in.try_char(' '));
    return true;
  });
  if (!read) co_return reply_to(read.error());
  session->out() += "* ENABLED";
  for (const auto& name : names) {
    const auto extension = enabled_by(name);
    if (extension == nullptr || session->enabled().*extension) continue;
    session->enable(extension);
    session->out() += " " + (extension == &Enabled::imap4rev2 ? std::string("IMAP4rev2") : name);
  }
  session->out() += "\r\n";
  co_return Reply::ok("ENABLE completed");
}

}  // namespace posthorn::imap::commands
