#include "smtp/server/session.h"

#include <algorithm>

#include "base/log.h"
#include "base/metrics.h"
#include "base/random.h"
#include "base/text.h"
#include "smtp/server/error_table.h"
#include "smtp/syntax/command.h"

namespace posthorn::smtp {
namespace {

using net::SessionEnd;

/// For the last words to a peer that may not listen any more.
constexpr auto kLastWords = std::chrono::seconds(5);

metrics::RowCounters<Command> commands_sent("posthorn_commands_total", "Commands that clients have sent.",
                                            metrics::label("protocol", "smtp"), "command", command_table(),
                                            &Command::verb);

// A browser was led to speak to this port: each line of its request would be tried as a command, and a form's body may
// hold a whole SMTP session ("cross-protocol scripting").
bool is_http(std::string_view verb) {
  constexpr std::string_view kVerbs[] = {"GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS", "PATCH", "CONNECT", "PRI"};
  return std::find(std::begin(kVerbs), std::end(kVerbs), verb) != std::end(kVerbs);
}

metrics::Counter refused_connections("posthorn_connections_refused_total", "Connections that were sent away at once.",
                                     metrics::label("reason", "limit"));

metrics::Label code_names() {
  metrics::Label label{"why", {}};
  for (auto code = Code::syntax; code <= Code::internal; code = static_cast<Code>(static_cast<int>(code) + 1))
    label.values.push_back(name_of(code));
  return label;
}

metrics::Counters refusals("posthorn_smtp_refusals_total", "Senders, recipients and messages that were refused.",
                           {"command", {"MAIL", "RCPT", "DATA"}}, code_names());

bool has_controls(std::string_view line) { return std::any_of(line.begin(), line.end(), is_ctl); }

}  // namespace

std::string SessionInfo::protocol() const {
  if (!is_extended) return "SMTP";
  const bool is_lmtp = service == Service::lmtp;
  std::string name = is_utf8 ? (is_lmtp ? "UTF8LMTP" : "UTF8SMTP") : (is_lmtp ? "LMTP" : "ESMTP");
  if (tls != nullptr) name += 'S';
  if (!user.empty()) name += 'A';
  return name;
}

Session::Session(net::Stream* stream, const Config* config, const MakeIntake* make_intake)
    : stream_(stream), config_(config), reader_(stream, config->longest_line), out_(stream) {
  info_.id = random_name(10);
  info_.service = config->service;
  info_.peer = stream->peer();
  info_.local = stream->local();
  info_.tls = stream->tls();
  intake_ = (*make_intake)(&info_);
}

void Session::begin_transaction(const MailParameters& parameters) {
  ++messages_;
  is_binary_ = parameters.is_binary();
  state_ = State::mail;
}

void Session::drop_transaction() {
  if (state_ != State::connected && state_ != State::ready) intake_->reset();
  end_transaction();
}

void Session::end_transaction() {
  if (state_ != State::connected) state_ = State::ready;
  recipients_ = refused_recipients_ = 0;
  body_.reset();
  info_.is_utf8 = false;
}

void Session::begin_body(MessageBody::Lines lines) {
  body_ = std::make_unique<MessageBody>(intake_.get(), config_, lines);
}

void Session::count_recipient(bool is_accepted) {
  if (!is_accepted) {
    ++refused_recipients_;
    return;
  }
  ++recipients_;
  state_ = State::rcpt;
}

bool Session::can_start_tls() const {
  return stream_->tls() == nullptr && config_->tls != nullptr && config_->tls->get() != nullptr;
}

bool Session::can_authenticate() const {
  return config_->offers_auth && (stream_->tls() != nullptr || config_->allows_clear_auth);
}

sasl::Origin Session::origin() const {
  auto origin = sasl::Origin::of(*stream_, sasl::Service::smtp, info_.id);
  if (!config_->binds_channels) origin.channel_binding = nullptr;
  return origin;
}

void Session::forget_hello() {
  drop_transaction();
  info_.hello.clear();
  info_.is_extended = false;
  info_.user.clear();
  info_.credential.clear();
  info_.tls = stream_->tls();
  state_ = State::connected;
}

Task<> Session::send(Reply reply) {
  reply.print(out_.bytes());
  co_await out_.flush();
}

Task<> Session::gather(Reply reply) {
  reply.print(out_.bytes());
  if (!out_.is_full()) co_return;
  stream_->set_timeout(config_->command_timeout);
  co_await out_.flush();
}

Task<> Session::await_bytes(Pace* pace) {
  if (!reader_.buffered().empty()) co_return;
  stream_->set_deadline(pace->deadline());
  co_await out_.flush();
  if (!co_await reader_.fill()) throw net::Lost(Code::closed, "the peer closed the connection within a message");
}

Task<net::Line> Session::read_response() {
  stream_->set_timeout(config_->command_timeout);
  net::Line line = co_await reader_.read_line();
  if (line.end == net::Line::End::eof) throw net::Lost(Code::closed, "the peer closed the connection");
  if (line.end == net::Line::End::woken) throw net::Lost(Code::cancelled, "the server is stopping");
  co_return line;
}

Task<> Session::run() {
  log::Line(log::info, "smtp", "connect").with("session", info_.id).with("peer", info_.peer.text());
  SessionEnd why = SessionEnd::closed;
  std::string detail;
  try {
    why = co_await greet_and_serve();
  } catch (...) {
    net::Ending ending = net::why_ended();
    why = net::end_of(ending);
    detail = std::move(ending.text);
  }
  log_end(why, detail);
  if (why == SessionEnd::timeout) co_await say_last({421, {4, 4, 2}, config_->hostname + " Timed out, closing"});
  if (why == SessionEnd::stopping) co_await say_last({421, {4, 3, 2}, config_->hostname + " Shutting down, closing"});
  if (why == SessionEnd::bug) co_await say_last({421, {4, 3, 0}, config_->hostname + " Internal error, closing"});
  co_await stream_->finish();
}

Task<SessionEnd> Session::greet_and_serve() {
  if (config_->service == Service::submissions) {
    stream_->set_timeout(config_->handshake_timeout);
    co_await stream_->start_tls_server(config_->tls->get());
    info_.tls = stream_->tls();
  }
  stream_->set_timeout(config_->command_timeout);
  const auto allowed = co_await intake_->connect();
  if (!allowed) {
    refused_connections.add();
    co_await send(reply_to(Phase::connect, allowed.error()));
    co_return SessionEnd::refused;
  }
  Reply{220, {}, config_->hostname + (config_->is_lmtp() ? " LMTP Posthorn" : " ESMTP Posthorn")}.print(out_.bytes());
  co_return co_await serve();
}

Task<SessionEnd> Session::serve() {
  while (!is_over_) {
    if (stream_->is_asked_to_end()) co_return SessionEnd::stopping;
    if (!reader_.has_line() || out_.is_full()) {
      stream_->set_timeout(config_->command_timeout);
      co_await out_.flush();
      turn_.begin();
    } else if (turn_.is_over()) {
      co_await turn_.give_way();
    }
    net::Line line = co_await reader_.read_line();
    if (line.end == net::Line::End::woken) continue;
    if (line.end == net::Line::End::eof) co_return SessionEnd::closed;
    const Reply reply = co_await answer(std::move(line));
    if (reply.code != 0) reply.print(out_.bytes());
    // RFC 5321 3.8: who says 421 closes.
    if (reply.code == 421) end_after_reply();
    count_error(reply);
  }
  co_await out_.flush();
  co_return SessionEnd::quit;
}

Task<Reply> Session::answer(net::Line line) {
  using End = net::Line::End;
  if (line.end == End::too_long) co_return Reply{500, {5, 5, 2}, "Line too long"};
  // RFC 5321 2.3.8: lines end with CRLF and with nothing else.
  if (line.end == End::lf) co_return Reply{500, {5, 5, 2}, "Lines end with CRLF, not with a bare LF"};
  if (has_controls(line.text)) co_return Reply{500, {5, 5, 2}, "Control characters are not allowed in commands"};
  const CommandLine parts = CommandLine::split(line.text);
  if (is_http(parts.verb)) {
    end_after_reply();
    co_return Reply{421, {4, 7, 0}, config_->hostname + " This is SMTP, not HTTP"};
  }
  const Command* command = find_command(parts.verb);
  commands_sent.add(command);
  if (command == nullptr) co_return Reply{500, {5, 5, 2}, "Unknown command"};
  // RFC 2033 4.1: each protocol has its own greeting, so that neither is taken for the other.
  if (!command->is_of(config_->service))
    co_return Reply{500, {5, 5, 1}, config_->is_lmtp() ? "This is LMTP, say LHLO" : "This is SMTP, say EHLO"};
  if ((command->states & static_cast<unsigned>(state_)) == 0) co_return out_of_order(*command);
  if (!command->takes_arguments && !trim(parts.arguments).empty())
    co_return Reply{501, {5, 5, 4}, std::string(command->verb) + " takes no argument"};
  co_return co_await run_command(command, std::string(parts.arguments));
}

// The first of the two places where exceptions are caught: what a command throws that is not the connection's end is a
// bug; as nobody knows how far it came, the session ends after saying so.
Task<Reply> Session::run_command(const Command* command, std::string arguments) {
  try {
    co_return co_await command->run(this, std::move(arguments));
  } catch (...) {
    const net::Ending ending = net::why_ended();
    if (!ending.is_bug) throw;
    log::Line(log::error, "smtp", "command.bug")
        .with("session", info_.id)
        .with("command", command->verb)
        .with("why", ending.text);
  }
  end_after_reply();
  co_return Reply{421, {4, 3, 0}, config_->hostname + " Internal error, closing"};
}

Reply Session::out_of_order(const Command& command) const {
  if (state_ == State::connected) return {503, {5, 5, 1}, config_->is_lmtp() ? "Say LHLO first" : "Say EHLO first"};
  if (state_ == State::ready) return {503, {5, 5, 1}, "Say MAIL first"};
  if (command.verb == "MAIL") return {503, {5, 5, 1}, "A message is already begun"};
  return {503, {5, 5, 1}, std::string(command.verb) + " is not allowed while a message is begun"};
}

void Session::count_error(const Reply& reply) {
  // A list with dead addresses is no attack, as long as somebody on it lives, and it is no dictionary.
  const bool is_refused_recipient =
      state_ == State::rcpt && reply.code == 550 && refused_recipients_ <= config_->most_dead_recipients;
  if (!reply.is_permanent() || is_refused_recipient || is_over_) return;
  if (++errors_ < config_->most_errors) return;
  Reply{421, {4, 7, 0}, config_->hostname + " Too many errors, closing"}.print(out_.bytes());
  end_after_reply();
}

void Session::log_refusal(std::string_view command, const std::string& address, const Error& error) const {
  refusals.add(command == "MAIL" ? 0 : command == "RCPT" ? 1 : 2, static_cast<std::size_t>(error.code));
  log::Line(log::info, "smtp", "address.refused")
      .with("session", info_.id)
      .with("command", command)
      .with("address", address)
      .with("why", name_of(error.code))
      .with("text", error.text);
}

Task<> Session::say_last(Reply reply) {
  try {
    stream_->set_timeout(kLastWords);
    co_await send(std::move(reply));
  } catch (...) {
    log::Line(log::debug, "smtp", "last_words.lost").with("session", info_.id).with("why", net::why_ended().text);
  }
}

void Session::log_end(net::SessionEnd why, const std::string& detail) const {
  log::Line line(why == SessionEnd::bug ? log::error : log::info, "smtp", "disconnect");
  line.with("session", info_.id).with("why", name_of(why));
  if (!detail.empty()) line.with("detail", detail);
}

Task<> serve(net::Stream* stream, const Config* config, const MakeIntake* make_intake) {
  Session session(stream, config, make_intake);
  co_await session.run();
}

}  // namespace posthorn::smtp
