// The commands of the TRANSACTION state, RFC 1939 5 and 7.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "mailstore/told_message.h"
#include "pop3/commands.h"
#include "pop3/dot_encoder.h"
#include "pop3/error_table.h"
#include "pop3/session.h"

namespace posthorn::pop3::commands {
namespace {

Reply none() { return Reply::error("There is no such message"); }

/// The message that a number names, or the reply that says why there is none.
net::Task<std::expected<mailstore::Placement, Reply>> find(Session* session, std::string number) {
  const auto parsed = parse_message_number(number);
  if (!parsed) co_return std::unexpected(Reply::error(parsed.error().text));
  const auto loaded = co_await session->maildrop()->load();
  if (!loaded) co_return std::unexpected(reply_to(loaded.error()));
  const auto message = session->maildrop()->find(*parsed);
  if (!message) co_return std::unexpected(none());
  co_return *message;
}

using Print = std::string (*)(const Maildrop& maildrop, const mailstore::Placement& message);

/// LIST and UIDL: one line a message, or of one message alone.
Outcome tell(Session* session, std::string number, Print print) {
  if (!number.empty()) {
    const auto message = co_await find(session, number);
    if (!message) co_return message.error();
    co_return Reply::ok(fmt::format("{} {}", *parse_message_number(number), print(*session->maildrop(), *message)));
  }
  Maildrop* maildrop = session->maildrop();
  const auto loaded = co_await maildrop->load();
  if (!loaded) co_return reply_to(loaded.error());
  Reply::ok("One line a message follows").print(session->out());
  for (std::uint32_t n = 1; n <= maildrop->size(); ++n) {
    if (const auto message = maildrop->find(n))
      fmt::format_to(std::back_inserter(session->out()), "{} {}\r\n", n, print(*maildrop, *message));
    if (session->is_out_full()) co_await session->flush();
  }
  session->out() += ".\r\n";
  co_return std::nullopt;
}

/// Lets a header pass, and so many lines behind it.
class TopLines {
 public:
  TopLines(std::uint64_t header_size, std::uint64_t lines) : header_left_(header_size), lines_left_(lines) {}

  bool is_done() const { return header_left_ == 0 && lines_left_ == 0; }
  std::string_view pass(std::string_view bytes) {
    std::size_t passed = static_cast<std::size_t>(std::min<std::uint64_t>(header_left_, bytes.size()));
    header_left_ -= passed;
    while (lines_left_ > 0 && passed < bytes.size()) {
      const auto end = bytes.find('\n', passed);
      passed = end == std::string_view::npos ? bytes.size() : end + 1;
      if (end != std::string_view::npos) --lines_left_;
    }
    return bytes.substr(0, passed);
  }

 private:
  std::uint64_t header_left_;
  std::uint64_t lines_left_;
};

/// "+OK" and the message, as far as `lines` lines of its body.
Outcome send(Session* session, mailstore::Placement message, std::uint64_t lines) {
  auto* mailstore = session->backend().mailstore;
  const auto email = co_await mailstore::read_email(mailstore, session->maildrop()->account()->id(), message.email);
  if (!email) co_return reply_to(email.error());
  const auto told = co_await mailstore::ToldMessage::open(mailstore, &*email);
  if (!told) co_return reply_to(told.error());
  TopLines top(told->header_size(), lines);
  DotEncoder encoder;
  const std::uint64_t size = told->size();
  if (size == 0) Reply::ok("0 octets").print(session->out());
  for (std::uint64_t at = 0; at < size && !top.is_done();) {
    const auto length = std::min(size - at, told->best_piece(at));
    const auto piece = co_await told->read(at, length);
    // Once begun, nothing but the end of the connection is true.
    if (!piece && at > 0) throw net::Lost(Code::io, piece.error().text);
    if (!piece) co_return reply_to(piece.error());
    if (at == 0) Reply::ok(fmt::format("{} octets", message.size)).print(session->out());
    encoder.feed(top.pass(*piece), session->out());
    at += length;
    if (session->is_out_full()) co_await session->flush();
  }
  encoder.finish(session->out());
  co_return std::nullopt;
}

}  // namespace

Outcome stat(Session* session, std::string) {
  const auto figures = co_await session->maildrop()->count();
  if (!figures) co_return reply_to(figures.error());
  co_return Reply::ok(fmt::format("{} {}", figures->messages, figures->octets));
}

Outcome list(Session* session, std::string number) {
  return tell(session, std::move(number),
              [](const Maildrop&, const mailstore::Placement& message) { return std::to_string(message.size); });
}

Outcome uidl(Session* session, std::string number) {
  return tell(session, std::move(number), [](const Maildrop& maildrop, const mailstore::Placement& message) {
    return maildrop.unique_id(message);
  });
}

Outcome retr(Session* session, std::string number) {
  const auto message = co_await find(session, std::move(number));
  if (!message) co_return message.error();
  auto reply = co_await send(session, *message, std::numeric_limits<std::uint64_t>::max());
  if (!reply) session->maildrop()->mark_retrieved(message->uid);
  co_return reply;
}

Outcome top(Session* session, std::string arguments) {
  const auto args = TopArgs::parse(arguments);
  if (!args) co_return Reply::error(args.error().text);
  const auto message = co_await find(session, std::to_string(args->message));
  if (!message) co_return message.error();
  co_return co_await send(session, *message, args->lines);
}

Outcome dele(Session* session, std::string number) {
  const auto message = co_await find(session, std::move(number));
  if (!message) co_return message.error();
  session->maildrop()->mark_deleted(message->uid);
  co_return Reply::ok("Marked for deletion");
}

Outcome rset(Session* session, std::string) {
  session->maildrop()->unmark_all();
  co_return Reply::ok("Nothing is marked");
}

Outcome noop(Session*, std::string) { co_return Reply::ok(""); }

}  // namespace posthorn::pop3::commands
