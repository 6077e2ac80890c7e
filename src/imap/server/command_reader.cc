#include "imap/server/command_reader.h"

#include <algorithm>

#include "net/memory_level.h"

namespace posthorn::imap {
namespace {

constexpr std::size_t kMostLiteralsWhenFull = 4096;

using End = net::Line::End;

class DropSink final : public net::Sink {
 public:
  bool push(std::string_view) override { return true; }
  Task<> drained() override { co_return; }
};

Reply too_big(Condition condition, const char* text) { return {condition, ResponseCode{"TOOBIG"}, text}; }

}  // namespace

Command CommandReader::head_of(std::string text) const {
  Lexer in(text);
  auto head = CommandHead::parse(in);
  Command command;
  command.names = names_;
  command.tag = std::move(head.tag);
  if (in.ok()) {
    command.name = std::move(head.name);
    command.is_uid = head.is_uid;
    command.arguments = in.position();
    command.row = find_command(command.name, command.is_uid);
  }
  command.text = std::move(text);
  return command;
}

Gathered CommandReader::refused(Gathered::Kind kind, std::string text, Reply reply) const {
  return {kind, head_of(std::move(text)), std::move(reply)};
}

std::size_t CommandReader::most_literals() const {
  const std::size_t most = is_logged_in_ ? config_->most_literals : config_->most_literals_before_login;
  return net::is_memory_full() ? std::min(most, kMostLiteralsWhenFull) : most;
}

void CommandReader::set_timeout(Duration timeout) {
  const SteadyTime at = steady_now() + timeout;
  stream_->set_deadline(is_logged_in_ ? at : std::min(at, login_by_));
}

// A name that is refused counts: whatever follows it will not be read.
bool CommandReader::is_message(const std::string& text) const {
  const Command command = head_of(text);
  if (!is_logged_in_ || command.row == nullptr || !command.row->has(kStreamsLiteral)) return false;
  const auto args = arguments<AppendArgs>(command);
  return args || args.error().code == Code::invalid;
}

// Within a command: wakers have to wait, but not the end of the server.
Task<net::Line> CommandReader::read_line() {
  // Clients that write a literal and the line behind it apart (imaplib) hold the line back until we acknowledge.
  if (!lines_.has_line()) stream_->acknowledge_now();
  while (true) {
    set_timeout(config_->literal_timeout);
    net::Line line = co_await lines_.read_line();
    if (line.end != End::woken) co_return line;
    if (stream_->is_asked_to_end()) throw net::Lost(Code::cancelled, "the server is stopping");
  }
}

Task<> CommandReader::ask_for_literal() {
  ContinueRequest{"Go ahead"}.print(out_->bytes());
  stream_->set_timeout(config_->write_timeout);
  co_await out_->flush();
}

Task<Gathered> CommandReader::read() {
  net::Line line = co_await lines_.read_line();
  if (line.end == End::woken) co_return Gathered{Gathered::Kind::woken};
  std::string text;
  std::size_t literals = 0;
  while (true) {
    if (line.end == End::eof) co_return Gathered{Gathered::Kind::closed};
    text += line.text;
    if (line.end == End::too_long || text.size() - literals > config_->longest_command)
      co_return refused(Gathered::Kind::lost, std::move(text), too_big(Condition::bad, "The command line is too long"));
    const auto announced = announced_literal(line.text);
    if (!announced) co_return refused(Gathered::Kind::lost, std::move(text), Reply::bad(announced.error().text));
    if (!*announced) co_return Gathered{Gathered::Kind::command, head_of(std::move(text))};
    pending_ = **announced;
    if (is_message(text)) co_return Gathered{Gathered::Kind::command, head_of(std::move(text))};
    if (auto objection = objection_(head_of(text)))
      co_return refused(Gathered::Kind::refused, std::move(text), *std::move(objection));
    if (pending_->size + literals > most_literals())
      co_return refused(Gathered::Kind::refused, std::move(text), too_big(Condition::no, "The literal is too large"));
    if (pending_->synchronising) co_await ask_for_literal();
    set_timeout(config_->literal_timeout);
    const auto size = static_cast<std::size_t>(pending_->size);
    pending_.reset();
    text += "\r\n";
    text += co_await lines_.read_exact(size);
    literals += size;
    line = co_await read_line();
  }
}

Task<> CommandReader::read_message(net::Sink* sink) {
  const LiteralAnnouncement literal = *pending_;
  if (literal.synchronising) co_await ask_for_literal();
  pending_.reset();
  // In pieces, so that the deadline is one between bytes and not of the whole.
  constexpr std::uint64_t kPiece = 256 * 1024;
  for (std::uint64_t left = literal.size; left > 0;) {
    const std::uint64_t piece = std::min(left, kPiece);
    set_timeout(config_->literal_timeout);
    co_await lines_.read_into(piece, sink);
    left -= piece;
  }
}

Task<Result<std::optional<AppendMessage>>> CommandReader::next_message(bool was_utf8) {
  const net::Line line = co_await read_line();
  if (line.end == End::eof) throw net::Lost(Code::closed, "the peer closed the connection");
  const auto announced = announced_literal(line.text);
  is_lost_ = !announced || line.end == End::too_long;
  if (is_lost_) co_return base::fail(Code::syntax, "a message, or the end of the command, is expected");
  if (*announced) pending_ = **announced;
  Lexer in(line.text, names_);
  if (was_utf8) in.require_char(')');
  std::optional<AppendMessage> message;
  if (!in.at_end()) {
    in.sp();
    message = AppendMessage::parse(in);
    in.require_end();
  }
  co_return in.result(std::move(message));
}

Task<bool> CommandReader::finish() {
  if (is_lost_) co_return false;
  std::uint64_t room = is_logged_in_ ? config_->most_dropped : config_->most_dropped_before_login;
  while (pending_ && !pending_->synchronising) {
    if (pending_->size > room) co_return false;
    room -= pending_->size;
    DropSink sink;
    co_await read_message(&sink);
    const net::Line line = co_await read_line();
    if (line.end == End::eof || line.end == End::too_long) co_return false;
    const auto announced = announced_literal(line.text);
    if (!announced) co_return false;
    if (*announced) pending_ = **announced;
  }
  pending_.reset();
  co_return true;
}

}  // namespace posthorn::imap
