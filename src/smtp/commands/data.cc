// DATA, RFC 5321 4.1.1.4: streams the message to the Intake.
#include <algorithm>

#include "base/log.h"
#include "smtp/commands/commands.h"
#include "smtp/server/error_table.h"
#include "smtp/server/session.h"
#include "smtp/syntax/dot_decoder.h"

namespace posthorn::smtp::commands {
namespace {

struct Received {
  std::uint64_t size = 0;
  DotDecoder::Fault fault = DotDecoder::Fault::none;
  bool is_too_big = false;
};

net::Task<Received> receive(Session* session) {
  const Config& config = session->config();
  const SteadyTime at_the_latest = steady_now() + config.whole_data_timeout;
  net::LineReader& reader = session->reader();
  Intake* const intake = session->intake();
  DotDecoder decoder;
  Received received;
  while (!decoder.is_done()) {
    if (reader.buffered().empty())
      session->stream()->set_deadline(std::min(steady_now() + config.data_timeout, at_the_latest));
    if (!co_await reader.fill()) throw net::Lost(Code::closed, "the peer closed the connection within a message");
    bool may_go_on = true;
    const std::size_t used = decoder.feed(reader.buffered(), [&](std::string_view piece) {
      received.size += piece.size();
      received.is_too_big = received.size > config.longest_message;
      if (!received.is_too_big) may_go_on = intake->body(piece) && may_go_on;
    });
    reader.consume(used);
    if (!may_go_on) co_await intake->drained();
  }
  received.fault = decoder.fault();
  co_return received;
}

Result<void> judge(const Received& received) {
  switch (received.fault) {
    case DotDecoder::Fault::none: break;
    case DotDecoder::Fault::bare_cr: return fail(Code::syntax, "The message has a CR without LF (RFC 5321 2.3.8)");
    case DotDecoder::Fault::bare_lf: return fail(Code::syntax, "The message has an LF without CR (RFC 5321 2.3.8)");
    case DotDecoder::Fault::nul: return fail(Code::syntax, "The message has a NUL (RFC 5321 4.5.2)");
  }
  if (received.is_too_big) return fail(Code::too_big, "The message is larger than is accepted here");
  return {};
}

void log_outcome(Session* session, const Received& received, std::size_t recipients, const Reply& reply) {
  log::Line(log::info, "smtp", reply.is_positive() ? "mail.accepted" : "mail.refused")
      .with("session", session->info().id)
      .with("size", received.size)
      .with("recipients", recipients)
      .with("reply", reply.code)
      .with("text", reply.text);
}

net::Task<Reply> conclude(Session* session, Received received) {
  if (const auto verdict = judge(received); !verdict) {
    session->drop_transaction();
    if (received.fault != DotDecoder::Fault::none) co_return Reply{550, {5, 6, 11}, verdict.error().text};
    co_return reply_to(Phase::end, verdict.error());
  }
  const auto outcome = co_await session->intake()->end();
  session->end_transaction();
  if (!outcome) co_return reply_to(Phase::end, outcome.error());
  session->forgive();
  co_return Reply{250, {2, 0, 0}, outcome->text};
}

}  // namespace

net::Task<Reply> data(Session* session, std::string) {
  if (session->state() != State::rcpt) {
    // RFC 5321 4.1.1.4; with pipelining this is how a client learns that all its recipients were refused.
    if (session->refused_recipients() > 0) co_return Reply{554, {5, 5, 1}, "No valid recipients"};
    co_return Reply{503, {5, 5, 1}, "Say RCPT first"};
  }
  if (const auto may = co_await session->intake()->data(); !may) {
    session->drop_transaction();
    session->log_refusal("DATA", "", may.error());
    co_return reply_to(Phase::data, may.error());
  }
  session->stream()->set_timeout(session->config().command_timeout);
  co_await session->send({354, {}, "Go ahead, end with <CRLF>.<CRLF>"});
  const Received received = co_await receive(session);
  const std::size_t recipients = session->recipients();
  const Reply reply = co_await conclude(session, received);
  log_outcome(session, received, recipients, reply);
  co_return reply;
}

}  // namespace posthorn::smtp::commands
