// MAIL, RFC 5321 4.1.1.2.
#include "smtp/commands/commands.h"
#include "smtp/server/error_table.h"
#include "smtp/server/session.h"
#include "smtp/syntax/command.h"

namespace posthorn::smtp::commands {

net::Task<Reply> mail(Session* session, std::string arguments) {
  if (session->config().requires_auth() && session->info().user.empty())
    co_return Reply{530, {5, 7, 0}, session->can_authenticate() ? "Say AUTH first" : "Say STARTTLS first"};
  auto mail = Mail::parse(arguments);
  if (!mail) co_return reply_to(Phase::mail, mail.error());
  auto parameters = MailParameters::from(mail->parameters);
  if (!parameters) co_return reply_to(Phase::mail, parameters.error());
  // RFC 6531 3.5
  if (!mail->from.is_ascii() && !parameters->is_utf8)
    co_return Reply{550, {5, 6, 7}, "An address that is not ASCII needs SMTPUTF8"};
  if (!session->may_begin())
    co_return Reply{421, {4, 7, 0}, session->config().hostname + " No more messages in this session, closing"};
  // RFC 1870 6.1
  if (parameters->size.value_or(0) > session->config().longest_message)
    co_return Reply{552, {5, 3, 4}, "The message is larger than is accepted here"};
  session->info().is_utf8 = parameters->is_utf8;
  const auto accepted = co_await session->intake()->mail(mail->from, *parameters);
  if (!accepted) {
    session->end_transaction();
    session->log_refusal("MAIL", mail->from.text(), accepted.error());
    co_return reply_to(Phase::mail, accepted.error());
  }
  session->begin_transaction(*parameters);
  co_return Reply{250, {2, 1, 0}, "Sender accepted"};
}

}  // namespace posthorn::smtp::commands
