// The functions of command_table.h, one small file a family. `arguments` is what followed the verb and a space.
#pragma once

#include <string>

#include "net/task.h"
#include "smtp/syntax/reply.h"

namespace posthorn::smtp {

class Session;

namespace commands {

/// LHLO as well.
net::Task<Reply> ehlo(Session* session, std::string arguments);
net::Task<Reply> helo(Session* session, std::string arguments);
net::Task<Reply> starttls(Session* session, std::string arguments);
net::Task<Reply> auth(Session* session, std::string arguments);
net::Task<Reply> mail(Session* session, std::string arguments);
net::Task<Reply> rcpt(Session* session, std::string arguments);
net::Task<Reply> data(Session* session, std::string arguments);
net::Task<Reply> bdat(Session* session, std::string arguments);
net::Task<Reply> rset(Session* session, std::string arguments);
net::Task<Reply> noop(Session* session, std::string arguments);
net::Task<Reply> vrfy(Session* session, std::string arguments);
net::Task<Reply> help(Session* session, std::string arguments);
net::Task<Reply> quit(Session* session, std::string arguments);
/// EXPN: known, but not offered.
net::Task<Reply> not_offered(Session* session, std::string arguments);

}  // namespace commands
}  // namespace posthorn::smtp
