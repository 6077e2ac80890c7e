// CAPABILITY, RFC 9051 6.1.1.
#include "imap/server/capabilities.h"

#include "imap/commands/commands.h"
#include "imap/server/session.h"

namespace posthorn::imap::commands {

net::Task<Reply> capability(Session* session, Command) {
  CapabilityData{capabilities(*session)}.print(session->out());
  co_return Reply::ok("CAPABILITY completed");
}

}  // namespace posthorn::imap::commands
