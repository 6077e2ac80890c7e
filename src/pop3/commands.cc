// CAPA (RFC 2449 5), QUIT (RFC 1939 4 and 6), LANG (RFC 6856 3).
#include "pop3/commands.h"

#include <fmt/format.h>

#include "base/log.h"
#include "base/text.h"
#include "pop3/error_table.h"
#include "pop3/session.h"

namespace posthorn::pop3::commands {
namespace {

std::string sasl_line(Session* session) {
  std::string line;
  for (const auto name : sasl::server_mechanisms(session->origin(), session->user_names())) {
    line += line.empty() ? "SASL " : " ";
    line += name;
  }
  return line;
}

std::string expire_line(const Rules& rules) {
  return rules.days_after_retr == 0 ? "EXPIRE NEVER" : fmt::format("EXPIRE {}", rules.days_after_retr);
}

}  // namespace

Outcome capa(Session* session, std::string) {
  std::string& out = session->out();
  const auto tell = [&out](std::string_view capability) { out.append(capability).append("\r\n"); };
  tell("+OK Capabilities follow");
  for (const auto* always : {"TOP", "UIDL", "RESP-CODES", "AUTH-RESP-CODE", "PIPELINING", "UTF8 USER", "LANG"})
    tell(always);
  if (session->can_log_in()) {
    tell("USER");
    if (const auto line = sasl_line(session); !line.empty()) tell(line);
  }
  if (session->state() == State::authorization && session->can_start_tls()) tell("STLS");
  if (session->maildrop() != nullptr) tell(expire_line(session->maildrop()->rules()));
  if (session->config().login_delay > Duration(0))
    tell(fmt::format("LOGIN-DELAY {}",
                     std::chrono::duration_cast<std::chrono::seconds>(session->config().login_delay).count()));
  tell("IMPLEMENTATION Posthorn");
  tell(".");
  co_return std::nullopt;
}

Outcome quit(Session* session, std::string) {
  session->end_after_reply();
  if (session->maildrop() == nullptr) co_return Reply::ok("Bye");
  const auto removed = co_await session->maildrop()->update();
  session->close_maildrop();
  if (!removed) {
    log::Line(log::warning, "pop3", "update.failed").with("session", session->id()).with("why", removed.error().text);
    co_return reply_to(removed.error());
  }
  if (*removed != 0) log::Line(log::info, "pop3", "deleted").with("session", session->id()).with("messages", *removed);
  co_return Reply::ok(fmt::format("Bye, {} messages deleted", *removed));
}

Outcome lang(Session* session, std::string language) {
  if (language.empty()) {
    session->out() += "+OK Languages follow\r\nen English\r\n.\r\n";
    co_return std::nullopt;
  }
  // RFC 6856 3.2: "*" is whatever there is, "en-GB" is served by "en" (RFC 4647 3.4).
  if (language == "*" || iequals(language, "en") || istarts_with(language, "en-")) co_return Reply::ok("en English");
  co_return Reply::error("There is no such language here");
}

}  // namespace posthorn::pop3::commands
