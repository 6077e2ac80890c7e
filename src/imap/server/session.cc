#include "imap/server/session.h"

#include <algorithm>

#include "base/log.h"
#include "base/metrics.h"
#include "base/random.h"
#include "imap/commands/idle.h"
#include "imap/server/capabilities.h"
#include "imap/server/updates.h"

namespace posthorn::imap {
namespace {

using net::SessionEnd;

/// For the last words to a peer that may not listen any more.
constexpr auto kLastWords = std::chrono::seconds(5);

metrics::RowCounters<CommandRow> commands_sent("posthorn_commands_total", "Commands that clients have sent.",
                                               metrics::label("protocol", "imap"), "command", command_table(),
                                               &CommandRow::name);

// A browser was led to speak to this port: each line of its request would be tried as a command, and a form's body may
// hold a whole IMAP session ("cross-protocol scripting").
bool is_http(const Command& command) {
  constexpr std::string_view kMethods[] = {"GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS", "PATCH", "CONNECT"};
  return std::find(std::begin(kMethods), std::end(kMethods), command.tag) != std::end(kMethods) &&
         command.row == nullptr;
}

Reply unknown(const Command& command) {
  if (command.tag.empty()) return Reply::bad("A command begins with a tag");
  if (find_command(to_upper(command.tag), false) != nullptr)
    return Reply::bad("Unknown command; a command begins with a tag, such as: a " + to_upper(command.tag));
  return Reply::bad(command.name.empty() ? "A command is a tag, a space and a name" : "Unknown command");
}

Reply out_of_place(const CommandRow& row, State state) {
  const std::string name(row.name);
  if (state == State::not_authenticated) return Reply::bad("Log in before " + name);
  if (row.states == static_cast<std::uint8_t>(State::not_authenticated)) return Reply::bad("Already logged in");
  return Reply::bad("Select a mailbox before " + name);
}

// What is said to a peer that did not ask for the end; null where it is gone, or knows.
const char* last_words(SessionEnd why) {
  if (why == SessionEnd::timeout) return "Silent for too long, logged out";
  if (why == SessionEnd::stopping) return "The server is shutting down";
  return why == SessionEnd::bug ? "Internal error" : nullptr;
}

}  // namespace

Session::Session(net::Stream* stream, const Config* config, const Backend* backend)
    : stream_(stream),
      config_(config),
      backend_(backend),
      id_(random_name(10)),
      out_(stream),
      reader_(stream, &out_, config, [this](const Command& command) { return objection_to(command); }) {}

State Session::state() const {
  if (!account_) return State::not_authenticated;
  return selected_ ? State::selected : State::authenticated;
}

void Session::log_in(const sasl::Identity& identity, mailstore::AccountPtr account) {
  log::Line(log::info, "imap", "login.accepted")
      .with("session", id_)
      .with("user", identity.user)
      .with("credential", printable(identity.credential));
  account_ = std::move(account);
  bad_commands_ = 0;
  reader_.set_logged_in();
}

void Session::enable(bool Enabled::* extension) {
  const bool heard_of_modseqs = enabled_.condstore;
  enabled_.*extension = true;
  enabled_.condstore |= enabled_.qresync;
  reader_.set_names(enabled_.names());
  if (heard_of_modseqs || !enabled_.condstore || !selected_) return;
  StatusResponse{.code = ResponseCode::of_number("HIGHESTMODSEQ", selected_->told().modseq().value()),
                 .text = "Mod-sequences are told from now on"}
      .print(out());
}

bool Session::can_start_tls() const {
  return stream_->tls() == nullptr && config_->tls != nullptr && config_->tls->get() != nullptr;
}

Task<> Session::flush() {
  stream_->set_timeout(config_->write_timeout);
  co_await out_.flush();
}

Task<> Session::between_pieces() {
  if (is_out_full()) co_await flush();
  if (turn_.is_over()) co_await turn_.give_way();
}

Task<> Session::send_continuation(std::string text) {
  ContinueRequest{std::move(text)}.print(out());
  co_await flush();
}

Task<net::Line> Session::read_response(Duration timeout, bool hears_wakers) {
  using End = net::Line::End;
  reader_.set_timeout(timeout);
  while (true) {
    net::Line line = co_await reader_.lines().read_line();
    if (stream_->is_asked_to_end()) throw net::Lost(Code::cancelled, "the server is stopping");
    if (line.end == End::eof) throw net::Lost(Code::closed, "the peer closed the connection");
    if (line.end != End::woken || hears_wakers) co_return line;
  }
}

void Session::end_with_bye(std::string text) {
  if (is_over_) return;
  StatusResponse{.condition = Condition::bye, .text = std::move(text)}.print(out());
  end_after_reply();
}

Task<> Session::run() {
  log_beginning();
  SessionEnd why = SessionEnd::closed;
  // The second of the two places where exceptions are caught: the connection's end, or a bug outside of any command.
  try {
    if (config_->is_implicit_tls) co_await start_tls();
    greet();
    why = co_await serve();
  } catch (...) {
    why = end_after_exception();
  }
  log_ending(why);
  idling_.reset();
  selected_.reset();
  if (const char* text = last_words(why)) co_await say_bye(text);
  co_await stream_->finish();
}

void Session::log_beginning() const {
  log::Line(log::info, "imap", "connect").with("session", id_).with("peer", stream_->peer().text());
}

SessionEnd Session::end_after_exception() const {
  const net::Ending ending = net::why_ended();
  log::Line(ending.is_bug ? log::error : log::debug, "imap", "session.cut")
      .with("session", id_)
      .with("why", ending.text);
  return net::end_of(ending);
}

void Session::log_ending(SessionEnd why) const {
  log::Line(log::info, "imap", "disconnect").with("session", id_).with("why", name_of(why));
}

void Session::greet() {
  StatusResponse{.condition = Condition::ok,
                 .code = ResponseCode::of_capabilities(capabilities(*this)),
                 .text = config_->hostname + " Posthorn"}
      .print(out());
}

Task<SessionEnd> Session::serve() {
  while (!is_over_) {
    if (idling_)
      co_await end_idling();
    else if (const auto end = co_await answer_next())
      co_return *end;
  }
  co_await flush();
  co_return SessionEnd::quit;
}

// Nothing where there may be more to answer.
Task<std::optional<SessionEnd>> Session::answer_next() {
  if (!reader_.has_line() || is_out_full()) {
    co_await flush();
    turn_.begin();
  } else if (turn_.is_over()) {
    co_await turn_.give_way();
  }
  if (stream_->is_asked_to_end()) co_return SessionEnd::stopping;
  reader_.set_timeout(config_->autologout);
  Gathered gathered = co_await reader_.read();
  if (gathered.kind == Gathered::Kind::closed) co_return SessionEnd::closed;
  if (gathered.kind != Gathered::Kind::woken) co_await answer(&gathered);
  co_return std::nullopt;
}

// One command from its being gathered to its tagged line, or to its idling.
Task<> Session::answer(Gathered* gathered) {
  const CommandRow* row = gathered->command.row;
  commands_sent.add(row);
  holds_numbers_ = row != nullptr && row->has(kNumbersHold);
  std::string tag = gathered->command.tag.empty() ? "*" : gathered->command.tag;
  Reply reply = std::move(gathered->refusal);
  if (gathered->kind == Gathered::Kind::command) reply = co_await outcome_of(&gathered->command);
  if (idling_) {
    idling_->tag = std::move(tag);
    co_return;
  }
  if (gathered->kind == Gathered::Kind::lost) {
    end_with_bye("Where the next command begins is not known");
  } else if (!co_await reader_.finish()) {
    end_with_bye("Too much was sent without being asked for");
  }
  co_await conclude(&tag, &reply);
}

Task<> Session::end_idling() {
  const auto outcome = co_await commands::idle_until_done(this);
  const auto ended = std::move(idling_);
  Reply reply = commands::idle_reply(outcome);
  co_await conclude(&ended->tag, &reply);
}

// The tagged line, behind the news.
Task<> Session::conclude(const std::string* tag, Reply* reply) {
  if (!is_over_) co_await tell_updates(this, !holds_numbers_);
  count_bad(*reply);
  StatusResponse{*tag, reply->condition, std::move(reply->code), std::move(reply->text)}.print(out());
  if (!std::exchange(starts_tls_, false)) co_return;
  co_await flush();
  co_await start_tls();
}

// What stands against a command before it runs.
std::optional<Reply> Session::objection_to(const Command& command) {
  const CommandRow* row = command.row;
  if (!account_ && is_http(command)) {
    end_with_bye("This is IMAP, not HTTP");
    return Reply::bad("Not a command");
  }
  if (row == nullptr) return unknown(command);
  if ((row->states & static_cast<unsigned>(state())) == 0) return out_of_place(*row, state());
  if (row->has(kCarriesPassword) && !can_log_in())
    return Reply{Condition::no, ResponseCode{"PRIVACYREQUIRED"},
                 "A password may not pass without TLS: say STARTTLS first"};
  if (!row->has(kTakesArguments) && !command.rest().empty())
    return Reply::bad(std::string(row->name) + " takes no argument");
  if (row->has(kNeedsWritable) && selected_ && selected_->is_read_only())
    return Reply::no("The mailbox was opened read-only");
  return std::nullopt;
}

Task<Reply> Session::outcome_of(Command* command) {
  const CommandRow* row = command->row;
  if (auto objection = objection_to(*command)) co_return *std::move(objection);
  // Who asks by UID hears of what came until now, as the answer is to hold it: "UID FETCH 5:*" is how clients poll.
  if (command->is_uid && !row->has(kTellsNewsItself)) co_await tell_updates(this, true);
  if (is_over_) co_return Reply::no("The selected mailbox was deleted");
  // The first of the two places where exceptions are caught: what a command throws that is not the connection's end is
  // a bug; as nobody knows how far it came, the session ends after saying so.
  try {
    co_return co_await row->run(this, std::move(*command));
  } catch (...) {
    log_bug(*row);
  }
  end_with_bye("Internal error");
  co_return Reply{Condition::no, ResponseCode{"SERVERBUG"}, "Internal error"};
}

// Throws again what is not one.
void Session::log_bug(const CommandRow& row) const {
  const net::Ending ending = net::why_ended();
  if (!ending.is_bug) throw;
  log::Line(log::error, "imap", "command.bug").with("session", id_).with("command", row.name).with("why", ending.text);
}

void Session::count_bad(const Reply& reply) {
  if (reply.condition != Condition::bad) {
    if (account_) bad_commands_ = 0;
    return;
  }
  if (++bad_commands_ >= config_->most_bad_commands) end_with_bye("Too many bad commands");
}

Task<> Session::start_tls() {
  // RFC 9051 6.2.1: what was sent behind STARTTLS came in the clear, and perhaps from another.
  reader_.lines().drop_buffered();
  stream_->set_timeout(config_->handshake_timeout);
  co_await stream_->start_tls_server(config_->tls->get());
}

Task<> Session::say_bye(const char* text) {
  try {
    stream_->set_timeout(kLastWords);
    StatusResponse{.condition = Condition::bye, .text = text}.print(out());
    co_await out_.flush();
  } catch (...) {
    log::Line(log::debug, "imap", "last_words.lost").with("session", id_).with("why", net::why_ended().text);
  }
}

Task<> serve(net::Stream* stream, const Config* config, const Backend* backend) {
  Session session(stream, config, backend);
  co_await session.run();
}

}  // namespace posthorn::imap
