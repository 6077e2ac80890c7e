// NOOP, RFC 9051 6.1.2, and CHECK, RFC 3501 6.4.1: what they are for, telling the news, follows every command.
#include "imap/commands/commands.h"

namespace posthorn::imap::commands {

net::Task<Reply> noop(Session*, Command) { co_return Reply::ok("NOOP completed"); }

// Everything is on disk before it is answered: there is nothing left to bring there.
net::Task<Reply> check(Session*, Command) { co_return Reply::ok("CHECK completed"); }

}  // namespace posthorn::imap::commands
