// DATA, RFC 5321 4.1.1.4: streams the message to the Intake.
#include "smtp/commands/commands.h"
#include "smtp/commands/message_end.h"
#include "smtp/server/session.h"
#include "smtp/syntax/dot_decoder.h"

namespace posthorn::smtp::commands {
namespace {

net::Task<> receive(Session* session) {
  const bool mends = session->config().mends_lines;
  session->begin_body(mends ? MessageBody::Lines::mended : MessageBody::Lines::as_is);
  net::LineReader& reader = session->reader();
  MessageBody* const body = session->body();
  DotDecoder decoder(mends);
  Pace pace(&session->config(), body->at_the_latest());
  while (!decoder.is_done()) {
    co_await session->await_bytes(&pace);
    const std::size_t used = decoder.feed(reader.buffered(), [body](std::string_view piece) { body->take(piece); });
    reader.consume(used);
    pace.count(used);
    co_await body->drained(&pace);
  }
  body->finish(mends ? LineFault::none : decoder.fault());
}

}  // namespace

net::Task<Reply> data(Session* session, std::string) {
  if (session->state() != State::rcpt) co_return no_recipients(*session);
  // RFC 3030 3
  if (session->is_binary()) co_return Reply{503, {5, 5, 1}, "BINARYMIME is sent by BDAT"};
  if (auto refusal = co_await begin_message(session)) co_return std::move(*refusal);
  session->stream()->set_timeout(session->config().command_timeout);
  co_await session->send({354, {}, "Go ahead, end with <CRLF>.<CRLF>"});
  co_await receive(session);
  co_return co_await end_message(session);
}

}  // namespace posthorn::smtp::commands
