// RSET, RFC 5321 4.1.1.5.
#include "smtp/commands/commands.h"
#include "smtp/server/session.h"

namespace posthorn::smtp::commands {

net::Task<Reply> rset(Session* session, std::string) {
  session->drop_transaction();
  co_return Reply{250, {2, 0, 0}, "Forgotten"};
}

}  // namespace posthorn::smtp::commands
