#include "pop3/session.h"

#include <algorithm>

#include "base/log.h"
#include "base/metrics.h"
#include "base/random.h"
#include "base/text.h"

namespace posthorn::pop3 {
namespace {

using net::SessionEnd;

/// For the last words to a peer that may not listen any more.
constexpr auto kLastWords = std::chrono::seconds(5);

metrics::RowCounters<CommandRow> commands_sent("posthorn_commands_total", "Commands that clients have sent.",
                                               metrics::label("protocol", "pop3"), "command", command_table(),
                                               &CommandRow::keyword);

// A browser was led to speak to this port: each line of its request would be tried as a command ("cross-protocol
// scripting").
bool is_http(std::string_view keyword) {
  constexpr std::string_view kMethods[] = {"GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS", "PATCH", "CONNECT"};
  return std::find(std::begin(kMethods), std::end(kMethods), keyword) != std::end(kMethods);
}

}  // namespace

Session::Session(net::Stream* stream, const Config* config, const Backend* backend)
    : stream_(stream),
      config_(config),
      backend_(backend),
      id_(random_name(10)),
      reader_(stream, kLongestCommand - 2),
      out_(stream),
      login_by_(steady_now() + config->login_timeout),
      user_names_(backend->login->verifier()) {}

void Session::log_in(const sasl::Identity& identity, std::unique_ptr<Maildrop> maildrop,
                     std::unique_ptr<MaildropLocks::Lock> lock) {
  log::Line(log::info, "pop3", "login.accepted")
      .with("session", id_)
      .with("user", identity.user)
      .with("credential", printable(identity.credential));
  maildrop_ = std::move(maildrop);
  lock_ = std::move(lock);
  bad_commands_ = 0;
}

void Session::close_maildrop() {
  maildrop_.reset();
  lock_.reset();
}

bool Session::can_start_tls() const {
  return stream_->tls() == nullptr && config_->tls != nullptr && config_->tls->get() != nullptr;
}

Task<> Session::flush() {
  stream_->set_timeout(config_->write_timeout);
  co_await out_.flush();
  touch();
}

void Session::set_deadline() {
  const SteadyTime idle = steady_now() + config_->autologout;
  stream_->set_deadline(maildrop_ ? idle : std::min(idle, login_by_));
}

Task<net::Line> Session::ask(std::string challenge) {
  out() += "+ " + challenge + "\r\n";
  co_await flush();
  reader_.set_longest(kLongestResponse);
  set_deadline();
  net::Line line;
  do line = co_await reader_.read_line();
  while (line.end == net::Line::End::woken && !stream_->is_asked_to_end());
  reader_.set_longest(kLongestCommand - 2);
  if (line.end == net::Line::End::woken) throw net::Lost(Code::cancelled, "the server is stopping");
  if (line.end == net::Line::End::eof) throw net::Lost(Code::closed, "the peer closed the connection");
  co_return line;
}

Task<> Session::run() {
  log::Line(log::info, "pop3", "connect").with("session", id_).with("peer", stream_->peer().text());
  SessionEnd why = SessionEnd::closed;
  // The second of the two places where exceptions are caught: the connection's end, or a bug outside of any command.
  try {
    if (config_->is_implicit_tls) co_await start_tls();
    Reply::ok(config_->hostname + " Posthorn POP3").print(out());
    why = co_await serve();
  } catch (...) {
    const net::Ending ending = net::why_ended();
    why = net::end_of(ending);
    log::Line(ending.is_bug ? log::error : log::debug, "pop3", "session.cut")
        .with("session", id_)
        .with("why", ending.text);
  }
  co_await conclude(why);
}

// Nothing is deleted here: that is QUIT's alone (RFC 1939 6).
Task<> Session::conclude(net::SessionEnd why) {
  log::Line(log::info, "pop3", "disconnect").with("session", id_).with("why", name_of(why));
  if (maildrop_ && why != SessionEnd::bug) {
    const auto kept = co_await maildrop_->keep_retrieved();
    if (!kept)
      log::Line(log::warning, "pop3", "retrieved.not_kept").with("session", id_).with("why", kept.error().text);
  }
  close_maildrop();
  if (why == SessionEnd::timeout) co_await say_last({false, "SYS/TEMP", "Silent for too long, nothing was deleted"});
  if (why == SessionEnd::stopping)
    co_await say_last({false, "SYS/TEMP", "The server is shutting down, nothing was deleted"});
  if (why == SessionEnd::bug) co_await say_last({false, "SYS/TEMP", "Internal error"});
  co_await stream_->finish();
}

Task<SessionEnd> Session::serve() {
  while (!is_over_) {
    if (!reader_.has_line() || is_out_full()) {
      co_await flush();
      turn_.begin();
    } else if (turn_.is_over()) {
      co_await turn_.give_way();
    }
    if (stream_->is_asked_to_end()) co_return SessionEnd::stopping;
    set_deadline();
    net::Line line = co_await reader_.read_line();
    if (line.end == net::Line::End::woken) continue;
    if (line.end == net::Line::End::eof) co_return SessionEnd::closed;
    touch();
    co_await answer(std::move(line));
  }
  co_await flush();
  co_return SessionEnd::quit;
}

Task<> Session::answer(net::Line line) {
  const auto reply = co_await reply_to_line(std::move(line));
  if (reply) reply->print(out());
  if (std::exchange(starts_tls_, false)) {
    co_await flush();
    co_await start_tls();
  }
}

Task<std::optional<Reply>> Session::reply_to_line(net::Line line) {
  const auto bad = [this](std::string text) {
    if (++bad_commands_ >= config_->most_bad_commands) end_after_reply();
    return Reply::error(std::move(text));
  };
  if (lock_ && lock_->is_lost()) {
    end_after_reply();
    co_return Reply{false, "IN-USE", "Another session has taken the maildrop, nothing was deleted"};
  }
  if (line.end == net::Line::End::too_long) co_return bad("The line is too long");
  const auto command = CommandLine::parse(line.text);
  if (!command) co_return bad(command.error().text);
  if (is_http(command->keyword)) {
    end_after_reply();
    co_return Reply::error("This is POP3, not HTTP");
  }
  const CommandRow* row = find_command(command->keyword);
  commands_sent.add(row);
  if (row == nullptr) co_return bad("Unknown command");
  if ((row->states & static_cast<unsigned>(state())) == 0)
    co_return bad(maildrop_ ? "Already logged in" : "Log in first");
  if (row->arguments == Arguments::none && !trim(command->arguments).empty())
    co_return bad(std::string(row->keyword) + " takes no argument");
  if (row->arguments == Arguments::required && command->arguments.empty())
    co_return bad(std::string(row->keyword) + " takes an argument");
  if (row->carries_password && !can_log_in())
    co_return Reply{false, "AUTH", "A password may not pass without TLS: say STLS first"};
  co_return co_await run_row(row, command->arguments);
}

// The first of the two places where exceptions are caught: what a command throws that is not the connection's end is a
// bug; as nobody knows how far it came, the session ends after saying so.
Task<std::optional<Reply>> Session::run_row(const CommandRow* row, std::string arguments) {
  try {
    co_return co_await row->run(this, std::move(arguments));
  } catch (...) {
    const net::Ending ending = net::why_ended();
    if (!ending.is_bug) throw;
    log::Line(log::error, "pop3", "command.bug")
        .with("session", id_)
        .with("command", row->keyword)
        .with("why", ending.text);
  }
  end_after_reply();
  co_return Reply{false, "SYS/TEMP", "Internal error"};
}

Task<> Session::start_tls() {
  // RFC 2595 4: what was sent behind STLS came in the clear, and perhaps from another.
  reader_.drop_buffered();
  user_.clear();
  stream_->set_timeout(config_->handshake_timeout);
  co_await stream_->start_tls_server(config_->tls->get());
}

Task<> Session::say_last(Reply reply) {
  try {
    stream_->set_timeout(kLastWords);
    reply.print(out());
    co_await out_.flush();
  } catch (...) {
    log::Line(log::debug, "pop3", "last_words.lost").with("session", id_).with("why", net::why_ended().text);
  }
}

Task<> serve(net::Stream* stream, const Config* config, const Backend* backend) {
  Session session(stream, config, backend);
  co_await session.run();
}

}  // namespace posthorn::pop3
