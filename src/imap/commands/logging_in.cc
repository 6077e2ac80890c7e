#include "imap/commands/logging_in.h"

#include "base/log.h"
#include "imap/server/capabilities.h"
#include "imap/server/error_table.h"
#include "imap/server/session.h"
#include "net/timer.h"

namespace posthorn::imap {

net::Task<Reply> let_in(Session* session, sasl::Identity identity, std::string command) {
  auto account = co_await session->login()->open(identity.user);
  if (!account) {
    log::Line(log::warning, "imap", "login.no_account")
        .with("session", session->id())
        .with("user", identity.user)
        .with("why", account.error().text);
    co_return reply_to(account.error(), Phase::login);
  }
  session->log_in(identity, std::move(*account));
  co_return Reply{Condition::ok, ResponseCode::of_capabilities(capabilities(*session)), command + " completed"};
}

net::Task<Reply> turn_away(Session* session, Error error) {
  log::Line(log::info, "imap", "login.refused").with("session", session->id()).with("why", name_of(error.code));
  if (session->config().failed_login_pause > Duration(0)) co_await net::sleep_for(session->config().failed_login_pause);
  if (!session->count_login_failure()) session->end_with_bye("Too many failed logins");
  co_return reply_to(error, Phase::login);
}

}  // namespace posthorn::imap
