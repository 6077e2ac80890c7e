#include "imap/server/capabilities.h"

#include "imap/server/session.h"

namespace posthorn::imap {

std::vector<std::string> capabilities(const Session& session) {
  std::vector<std::string> all = {"IMAP4rev1", "LITERAL+", "SASL-IR",  "ID",   "ENABLE",   "IDLE",
                                  "NAMESPACE", "UIDPLUS",  "UNSELECT", "MOVE", "CHILDREN", "SPECIAL-USE"};
  if (session.state() != State::not_authenticated) return all;
  if (session.can_start_tls()) all.emplace_back("STARTTLS");
  if (!session.can_log_in()) {
    all.emplace_back("LOGINDISABLED");
    return all;
  }
  for (const auto mechanism : sasl::server_mechanisms()) all.push_back("AUTH=" + std::string(mechanism));
  return all;
}

}  // namespace posthorn::imap
