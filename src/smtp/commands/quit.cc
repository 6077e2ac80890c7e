// QUIT, RFC 5321 4.1.1.10.
#include "smtp/commands/commands.h"
#include "smtp/server/session.h"

namespace posthorn::smtp::commands {

net::Task<Reply> quit(Session* session, std::string) {
  session->end_after_reply();
  co_return Reply{221, {2, 0, 0}, session->config().hostname + " Goodbye"};
}

}  // namespace posthorn::smtp::commands
