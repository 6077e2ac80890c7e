// Commands that are known and not offered, RFC 5321 4.2.4: 502 rather than 500.
#include "smtp/commands/commands.h"

namespace posthorn::smtp::commands {

net::Task<Reply> not_offered(Session*, std::string) { co_return Reply{502, {5, 5, 1}, "Not offered here"}; }

}  // namespace posthorn::smtp::commands
