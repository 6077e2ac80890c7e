// EHLO and HELO (RFC 5321 4.1.1.1), LHLO (RFC 2033 4.1): who the client says it is, and what is offered.
#include <fmt/format.h>

#include "sasl/mechanism.h"
#include "smtp/commands/commands.h"
#include "smtp/server/error_table.h"
#include "smtp/server/session.h"
#include "smtp/syntax/command.h"

namespace posthorn::smtp::commands {
namespace {

// RFC 9422 3: what holds in this session.
std::string limits(const Config& config) {
  std::string out = fmt::format("LIMITS RCPTMAX={}", config.most_recipients);
  if (config.most_messages > 0) out += fmt::format(" MAILMAX={}", config.most_messages);
  return out;
}

std::string extensions(Session& session) {
  const Config& config = session.config();
  std::string out =
      fmt::format("\nPIPELINING\nSIZE {}\n8BITMIME\nENHANCEDSTATUSCODES\nCHUNKING\nBINARYMIME\nDSN\nSMTPUTF8\n{}",
                  config.longest_message, limits(config));
  if (session.can_start_tls()) out += "\nSTARTTLS";
  if (session.can_authenticate()) {
    out += "\nAUTH";
    for (const auto name : sasl::server_mechanisms(session.origin(), *session.intake()->verifier()))
      out.append(" ").append(name);
  }
  return out;
}

Reply greet(Session* session, const std::string& arguments, bool is_extended) {
  auto hello = Hello::parse(arguments);
  if (!hello) return reply_to(Phase::any, hello.error());
  session->drop_transaction();
  session->info().hello = std::move(hello->name);
  session->info().is_extended = is_extended;
  session->set_state(State::ready);
  // RFC 2034 4: no enhanced code in these replies.
  return {250, {}, session->config().hostname + (is_extended ? extensions(*session) : "")};
}

}  // namespace

net::Task<Reply> ehlo(Session* session, std::string arguments) { co_return greet(session, arguments, true); }
net::Task<Reply> helo(Session* session, std::string arguments) { co_return greet(session, arguments, false); }

}  // namespace posthorn::smtp::commands
