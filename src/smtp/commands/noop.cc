// NOOP, RFC 5321 4.1.1.9.
#include "smtp/commands/commands.h"

namespace posthorn::smtp::commands {

net::Task<Reply> noop(Session*, std::string) { co_return Reply{250, {2, 0, 0}, "Still here"}; }

}  // namespace posthorn::smtp::commands
