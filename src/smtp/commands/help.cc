// HELP, RFC 5321 4.1.1.8.
#include "smtp/commands/commands.h"
#include "smtp/server/command_table.h"
#include "smtp/server/session.h"

namespace posthorn::smtp::commands {

net::Task<Reply> help(Session* session, std::string) {
  std::string text = "Posthorn speaks:";
  for (const Command& command : command_table()) {
    if (command.run == not_offered || !command.is_of(session->config().service)) continue;
    text.append("\n").append(command.verb);
    if (!command.syntax.empty()) text.append(" ").append(command.syntax);
    text.append("  (").append(command.source).append(")");
  }
  co_return Reply{214, {2, 0, 0}, text};
}

}  // namespace posthorn::smtp::commands
