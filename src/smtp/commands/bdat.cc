// BDAT, RFC 3030 2: the message in chunks of announced size, streamed to the Intake.
//
// Whatever is said of a chunk, its octets are read: where they were taken for commands, a message could be smuggled.
#include <fmt/format.h>

#include <algorithm>

#include "smtp/commands/commands.h"
#include "smtp/commands/message_end.h"
#include "smtp/server/session.h"
#include "smtp/syntax/command.h"

namespace posthorn::smtp::commands {
namespace {

MessageBody::Lines lines_of(const Session& session) {
  // What is not declared binary may be relayed by DATA.
  if (session.is_binary()) return MessageBody::Lines::as_is;
  return session.config().mends_lines ? MessageBody::Lines::mended : MessageBody::Lines::strict;
}

// Whether the chunk may come now; begins the message with the first.
net::Task<std::optional<Reply>> admit(Session* session) {
  if (session->state() == State::chunks) co_return std::nullopt;
  if (session->state() == State::mail) co_return no_recipients(*session);
  if (session->state() != State::rcpt) co_return Reply{503, {5, 5, 1}, "Say MAIL first"};
  if (auto refusal = co_await begin_message(session)) co_return refusal;
  session->begin_body(lines_of(*session));
  session->set_state(State::chunks);
  co_return std::nullopt;
}

// Passes `octets` to `body`; null drops them.
net::Task<> receive(Session* session, std::uint64_t octets, MessageBody* body) {
  net::LineReader& reader = session->reader();
  const Config& config = session->config();
  Pace pace(&config, body != nullptr ? body->at_the_latest() : steady_now() + config.whole_data_timeout);
  while (octets > 0) {
    co_await session->await_bytes(&pace);
    const auto piece = reader.buffered().substr(0, octets);
    const std::size_t taken = piece.size();
    if (body != nullptr) body->take(piece);
    reader.consume(taken);
    octets -= taken;
    pace.count(taken);
    if (body != nullptr) co_await body->drained(&pace);
  }
}

}  // namespace

net::Task<Reply> bdat(Session* session, std::string arguments) {
  const auto chunk = Bdat::parse(arguments);
  if (!chunk) {
    co_await session->gather({501, {5, 5, 4}, "BDAT takes a number of octets, and perhaps LAST"});
    co_return Reply{421, {4, 7, 0}, session->config().hostname + " Nobody knows how many octets follow, closing"};
  }
  const auto refusal = co_await admit(session);
  co_await receive(session, chunk->size, refusal ? nullptr : session->body());
  if (refusal) co_return *refusal;
  if (chunk->is_last) {
    session->body()->finish();
    co_return co_await end_message(session);
  }
  if (auto broken = session->body()->refusal()) {
    session->drop_transaction();
    co_return std::move(*broken);
  }
  co_return Reply{250, {2, 0, 0}, fmt::format("{} octets received", chunk->size)};
}

}  // namespace posthorn::smtp::commands
