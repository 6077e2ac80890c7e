// ENABLE, RFC 5161. Names that nobody knows are no error.
#include <algorithm>

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
  std::vector<bool Enabled::*> extensions;
  std::string enabled = "* ENABLED";
  for (const auto& name : names) {
    const auto extension = enabled_by(name);
    if (extension == nullptr || session->enabled().*extension) continue;
    if (std::ranges::find(extensions, extension) != extensions.end()) continue;
    extensions.push_back(extension);
    enabled += " " + (extension == &Enabled::imap4rev2 ? std::string("IMAP4rev2") : name);
  }
  session->out() += enabled + "\r\n";
  // Within a selected mailbox one may have more to tell.
  for (const auto extension : extensions) session->enable(extension);
  co_return Reply::ok("ENABLE completed");
}

}  // namespace posthorn::imap::commands
