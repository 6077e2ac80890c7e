// RCPT, RFC 5321 4.1.1.3.
#include "smtp/commands/commands.h"
#include "smtp/server/error_table.h"
#include "smtp/server/session.h"
#include "smtp/syntax/command.h"

namespace posthorn::smtp::commands {

net::Task<Reply> rcpt(Session* session, std::string arguments) {
  auto rcpt = Rcpt::parse(arguments);
  if (!rcpt) co_return reply_to(Phase::rcpt, rcpt.error());
  auto parameters = RcptParameters::from(rcpt->parameters);
  if (!parameters) co_return reply_to(Phase::rcpt, parameters.error());
  // RFC 6531 3.5
  if (!rcpt->to.is_ascii() && !session->info().is_utf8)
    co_return Reply{553, {5, 6, 7}, "An address that is not ASCII needs SMTPUTF8 with MAIL"};
  // RFC 5321 4.5.3.1.10
  if (session->recipients() >= session->config().most_recipients)
    co_return Reply{452, {4, 5, 3}, "Too many recipients: send the message again for the rest"};
  const auto accepted = co_await session->intake()->rcpt(rcpt->to, std::move(*parameters));
  session->count_recipient(accepted.has_value());
  if (!accepted) {
    session->log_refusal("RCPT", rcpt->to.text(), accepted.error());
    co_return reply_to(Phase::rcpt, accepted.error());
  }
  co_return Reply{250, {2, 1, 5}, "Recipient accepted"};
}

}  // namespace posthorn::smtp::commands
