// ID, RFC 2971.
#include "base/log.h"
#include "imap/commands/commands.h"
#include "imap/server/error_table.h"
#include "imap/server/session.h"
#include "imap/syntax/client_id.h"

namespace posthorn::imap::commands {

net::Task<Reply> id(Session* session, Command command) {
  const auto client = arguments<ClientId>(command);
  if (!client) co_return reply_to(client.error());
  log::Line line(log::info, "imap", "client.named");
  line.with("session", session->id());
  for (const auto& [field, value] : client->fields)
    if (value && (iequals(field, "name") || iequals(field, "version"))) line.with(to_lower(field), printable(*value));
  // RFC 2971 4: a version helps attackers more than users.
  session->out() += "* ID (\"name\" \"Posthorn\")\r\n";
  co_return Reply::ok("ID completed");
}

}  // namespace posthorn::imap::commands
