#include "script/runner.h"

#include <fmt/format.h>

#include <boost/asio/steady_timer.hpp>
#include <map>
#include <optional>
#include <vector>

#include "base/text.h"
#include "net/line_reader.h"
#include "script/pattern.h"

namespace posthorn::script {
namespace {

using net::Line;
using net::Task;

constexpr std::size_t kLongestLine = 1024 * 1024;
/// Clients are patient: it is the real clock of the caller that ends a run that hangs.
constexpr auto kPatience = std::chrono::hours(24 * 365 * 10);
constexpr auto kSilence = std::chrono::milliseconds(30);

struct Connection {
  explicit Connection(std::unique_ptr<net::Stream> s) : stream(std::move(s)), reader(stream.get(), kLongestLine) {
    stream->set_timeout(kPatience);
  }
  std::unique_ptr<net::Stream> stream;
  net::LineReader reader;
};

struct Failure {
  std::string text;
};

class Run {
 public:
  Run(const Script* script, Target* target)
      : script_(script), target_(target), has_literals_(script->option("literals", "off") == "on") {}

  Task<> all() {
    while (at_ < script_->steps.size()) co_await step(&script_->steps[at_]);
  }
  int line() const { return at_ < script_->steps.size() ? script_->steps[at_].line : 0; }
  void turn(TurnedClock* clock) { clock_ = clock; }

 private:
  Task<> step(const Step* step);
  Task<> talk(const Step* step, Connection* connection);
  Task<Connection*> connection(const Step* step);
  Task<> expect_group(Connection* connection);
  Task<std::string> read(Connection* connection);
  Task<> expect_raw(Connection* connection, std::string bytes);
  Task<> expect_end(Connection* connection);
  Task<> expect_silence(Connection* connection);
  void advance(const std::string& by);
  std::string expanded(const std::string& text) const;

  const Script* script_;
  Target* target_;
  bool has_literals_;
  TurnedClock* clock_ = nullptr;
  std::map<int, std::unique_ptr<Connection>> connections_;
  Names names_;
  std::size_t at_ = 0;
};

std::string Run::expanded(const std::string& text) const {
  auto bytes = expand(text, names_);
  if (!bytes) throw Failure{bytes.error().text};
  return std::move(*bytes);
}

void Run::advance(const std::string& by) {
  const auto duration = parse_duration(by);
  if (!duration) throw Failure{duration.error().text};
  if (clock_ == nullptr) throw Failure{"advance: needs a clock: header"};
  clock_->advance(*duration);
}

Task<Connection*> Run::connection(const Step* step) {
  auto& place = connections_[step->connection];
  const bool is_new = step->kind == Step::Kind::connect;
  if (!place || is_new) {
    place.reset();
    const std::string kind = is_new ? step->text : script_->option("kind", "default");
    place = std::make_unique<Connection>(co_await target_->connect(kind));
  }
  co_return place.get();
}

Task<> Run::step(const Step* step) {
  if (step->kind == Step::Kind::advance) {
    advance(step->text);
  } else if (step->kind == Step::Kind::perform) {
    const auto done = target_->perform(step->text);
    if (!done) throw Failure{done.error().text};
  } else {
    Connection* const open = co_await connection(step);
    if (step->kind == Step::Kind::expect) {
      co_await expect_group(open);
      co_return;
    }
    co_await talk(step, open);
  }
  ++at_;
}

Task<> Run::talk(const Step* step, Connection* c) {
  switch (step->kind) {
    case Step::Kind::send: co_await c->stream->write(expanded(step->text) + "\r\n"); break;
    case Step::Kind::send_raw: co_await c->stream->write(expanded(step->text)); break;
    case Step::Kind::start_tls: co_await c->stream->start_tls_client(target_->client_tls(), "localhost"); break;
    case Step::Kind::half_close: c->stream->shutdown_write(); break;
    case Step::Kind::close: connections_.erase(step->connection); break;
    case Step::Kind::expect_raw: co_await expect_raw(c, expanded(step->text)); break;
    case Step::Kind::expect_end: co_await expect_end(c); break;
    case Step::Kind::silence: co_await expect_silence(c); break;
    case Step::Kind::skip_until:
      while (!matches(step->text, co_await read(c), &names_)) {
      }
      break;
    default: break;
  }
}

// A line, or with literals on a whole response: what follows "{n}" at a line's end belongs to it.
Task<std::string> Run::read(Connection* c) {
  std::string whole;
  while (true) {
    Line line = co_await c->reader.read_line();
    if (line.end == Line::End::eof) throw Failure{"the server closed the connection"};
    if (line.end != Line::End::crlf) throw Failure{"a line that does not end with CRLF: " + printable(line.text)};
    whole += line.text;
    const auto open = whole.rfind('{');
    if (!has_literals_ || !whole.ends_with('}') || open == std::string::npos) co_return whole;
    const auto size = parse_decimal<std::size_t>(std::string_view(whole).substr(open + 1, whole.size() - open - 2));
    if (!size) co_return whole;
    whole += "\r\n" + co_await c->reader.read_exact(*size);
  }
}

// One S: line, or several that begin with "* ", which may come in any order.
Task<> Run::expect_group(Connection* c) {
  const auto& steps = script_->steps;
  std::vector<const Step*> open;
  do {
    open.push_back(&steps[at_ + open.size()]);
  } while (at_ + open.size() < steps.size() && open.back()->text.starts_with("* ") &&
           steps[at_ + open.size()].kind == Step::Kind::expect &&
           steps[at_ + open.size()].connection == open.back()->connection &&
           steps[at_ + open.size()].text.starts_with("* "));
  const std::size_t count = open.size();
  while (!open.empty()) {
    const std::string line = co_await read(c);
    const auto fits = [&](const Step* s) { return matches(s->text, line, &names_); };
    const auto found = std::find_if(open.begin(), open.end(), fits);
    if (found == open.end()) throw Failure{"expected " + open.front()->text + "\n  but got  " + printable(line, 2000)};
    open.erase(found);
  }
  at_ += count;
}

Task<> Run::expect_raw(Connection* c, std::string bytes) {
  const std::string got = co_await c->reader.read_exact(bytes.size());
  if (got != bytes)
    throw Failure{"expected bytes " + printable(bytes, 2000) + "\n  but got        " + printable(got, 2000)};
}

Task<> Run::expect_end(Connection* c) {
  const Line line = co_await c->reader.read_line();
  if (line.end != Line::End::eof || !line.text.empty()) throw Failure{"expected the end, got " + printable(line.text)};
}

// By the real clock: a turned one stands still.
Task<> Run::expect_silence(Connection* c) {
  boost::asio::steady_timer timer(c->stream->executor(), kSilence);
  timer.async_wait([wake = c->stream->waker()](boost::system::error_code ec) {
    if (!ec) wake();
  });
  const Line line = co_await c->reader.read_line();
  if (line.end != Line::End::woken) throw Failure{"expected silence, got " + printable(line.text)};
}

}  // namespace

net::Task<Result<void>> run(const Script* script, Target* target) {
  std::optional<TurnedClock> clock;
  if (const auto at = script->option("clock", ""); !at.empty()) {
    const auto start = parse_time(at);
    if (!start) co_return fail(start);
    clock.emplace(*start);
  }
  Run run(script, target);
  run.turn(clock ? &*clock : nullptr);
  std::string why;
  try {
    co_await run.all();
    co_return Result<void>();
  } catch (const Failure& failure) {
    why = failure.text;
  } catch (const std::exception& e) {
    why = e.what();
  }
  co_return fail(Code::invalid, fmt::format("{}:{}: {}", script->name, run.line(), why));
}

}  // namespace posthorn::script
