#include "imap/server/capabilities.h"

#include "imap/server/session.h"

namespace posthorn::imap {

static constexpr std::string_view kAlways[] = {
    "IMAP4rev1",
    "IMAP4rev2",
    "LITERAL+",
    "SASL-IR",
    "ID",
    "ENABLE",
    "IDLE",
    "NAMESPACE",
    "UIDPLUS",
    "UNSELECT",
    "MOVE",
    "CHILDREN",
    "SPECIAL-USE",
    "ESEARCH",
    "SEARCHRES",
    "CONDSTORE",
    "LIST-EXTENDED",
    "LIST-STATUS",
    "CREATE-SPECIAL-USE",
    "STATUS=SIZE",
    "BINARY",
    "QRESYNC",
    "MULTIAPPEND",
    "UTF8=ACCEPT",
};

std::vector<std::string> capabilities(const Session& session) {
  std::vector<std::string> all(std::begin(kAlways), std::end(kAlways));
  all.push_back("APPENDLIMIT=" + std::to_string(session.config().longest_message));
  if (session.state() != State::not_authenticated) return all;
  if (session.can_start_tls()) all.emplace_back("STARTTLS");
  if (!session.can_log_in()) {
    all.emplace_back("LOGINDISABLED");
    return all;
  }
  for (const auto mechanism : sasl::server_mechanisms(session.origin(), *session.login()->verifier()))
    all.push_back("AUTH=" + std::string(mechanism));
  return all;
}

}  // namespace posthorn::imap
