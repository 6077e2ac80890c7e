#include "smtp/commands/message_end.h"

#include "base/log.h"
#include "base/metrics.h"
#include "smtp/server/error_table.h"
#include "smtp/server/session.h"

namespace posthorn::smtp::commands {
namespace {

// In the order of smtp::Service.
const metrics::Label kServices{"service", {"smtp", "lmtp", "submission", "submissions"}};
metrics::Counters messages("posthorn_smtp_messages_total",
                           "Messages that came by SMTP: accepted, deferred (4xx) or refused (5xx) at their end.",
                           kServices, {"outcome", {"accepted", "deferred", "refused"}});
metrics::Counters message_bytes("posthorn_smtp_message_bytes_total", "Bytes of the accepted ones, each counted once.",
                                kServices);

void count(Session* session, const Reply& reply) {
  const auto service = static_cast<std::size_t>(session->config().service);
  messages.add(service, reply.is_positive() ? 0 : reply.is_permanent() ? 2 : 1);
  if (reply.is_positive()) message_bytes.add(service, 0, session->body()->size());
}

void log_outcome(Session* session, const Reply& reply) {
  log::Line(log::info, "smtp", reply.is_positive() ? "mail.accepted" : "mail.refused")
      .with("session", session->info().id)
      .with("size", session->body()->size())
      .with("recipients", session->recipients())
      .with("reply", reply.code)
      .with("text", reply.text);
}

/// One reply for all, or one for each where LMTP asks for them.
struct Verdict {
  Reply whole;
  std::vector<Result<void>> recipients = {};
};

net::Task<Verdict> judge(Session* session) {
  if (auto refusal = session->body()->refusal()) co_return Verdict{std::move(*refusal)};
  auto receipt = co_await session->intake()->end();
  if (!receipt) co_return Verdict{reply_to(Phase::end, receipt.error())};
  co_return Verdict{{250, {2, 0, 0}, std::move(receipt->text)}, std::move(receipt->recipients)};
}

Reply reply_of(const Verdict& verdict, std::size_t recipient) {
  if (verdict.recipients.empty() || verdict.recipients[recipient]) return verdict.whole;
  return reply_to(Phase::rcpt, verdict.recipients[recipient].error());
}

}  // namespace

Reply no_recipients(const Session& session) {
  // RFC 5321 4.1.1.4; with pipelining this is how a client learns that all its recipients were refused. RFC 2033 4.2
  // wants 503 of LMTP.
  if (session.refused_recipients() == 0) return {503, {5, 5, 1}, "Say RCPT first"};
  return {static_cast<std::uint16_t>(session.config().is_lmtp() ? 503 : 554), {5, 5, 1}, "No valid recipients"};
}

net::Task<std::optional<Reply>> begin_message(Session* session) {
  const auto may = co_await session->intake()->data();
  if (may) co_return std::nullopt;
  session->drop_transaction();
  session->log_refusal("DATA", "", may.error());
  co_return reply_to(Phase::data, may.error());
}

net::Task<Reply> end_message(Session* session) {
  const bool was_refused = session->body()->refusal().has_value();
  const Verdict verdict = co_await judge(session);
  log_outcome(session, verdict.whole);
  count(session, verdict.whole);
  const std::size_t replies = session->config().is_lmtp() ? session->recipients() : 1;
  if (was_refused)
    session->drop_transaction();
  else
    session->end_transaction();
  if (verdict.whole.is_positive()) session->forgive();
  for (std::size_t i = 0; i + 1 < replies; ++i) co_await session->gather(reply_of(verdict, i));
  co_return reply_of(verdict, replies - 1);
}

}  // namespace posthorn::smtp::commands
