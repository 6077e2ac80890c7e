// SEARCH by scan, RFC 3501 6.4.4: the columns settle what they can on the session's thread, a slice at a time; emails
// are opened on another. Between the slices other sessions go on, and a long search shows the client signs of life, by
// which a client that is gone is noticed as well.
#include <algorithm>

#include "base/log.h"
#include "imap/commands/commands.h"
#include "imap/commands/search_program.h"
#include "imap/commands/searched_email.h"
#include "imap/server/error_table.h"
#include "imap/server/session.h"
#include "imap/syntax/printer.h"
#include "imap/syntax/search_keys.h"
#include "net/timer.h"

namespace posthorn::imap::commands {
namespace {

constexpr std::size_t kSlice = 4096;
/// How long one slice of opening emails may take.
constexpr auto kTurn = std::chrono::milliseconds(50);

using Subject = SearchProgram::Subject;

struct Slice {
  std::vector<Subject> open;         ///< their emails have to be asked
  std::vector<std::uint32_t> found;  ///< message numbers or UIDs
};

std::uint32_t number_of(const Subject& subject, bool is_uid) {
  return is_uid ? subject.row.uid.value() : subject.msn.value();
}

Slice by_columns(const Selected& selected, const SearchProgram& program, MessageWalk& walk, bool is_uid) {
  Slice slice;
  RowCursor rows(selected.mailbox());
  for (std::size_t i = 0; i < kSlice && !walk.at_end(); ++i, walk.advance()) {
    const auto row = rows.find(walk.uid());
    if (!row) continue;
    const Subject subject{walk.msn(), *row, selected.is_recent(row->uid)};
    const Truth truth = program.run(subject, nullptr);
    if (truth == Truth::yes) slice.found.push_back(number_of(subject, is_uid));
    if (truth == Truth::unknown) slice.open.push_back(subject);
  }
  return slice;
}

/// The work of another thread: opens emails of `slice` from `next` on for as long as its turn lasts.
struct Opening {
  const SearchProgram* program;
  const store::Store* store;
  AccountId account;
  bool is_uid;
  Slice* slice;
  std::size_t next = 0;
  std::optional<Error> error;

  void take_turn() {
    const SteadyTime end = steady_now() + kTurn;
    do {
      const Subject& subject = slice->open[next++];
      SearchedEmail email(store, account, subject.row.email);
      if (program->run(subject, &email) == Truth::yes) slice->found.push_back(number_of(subject, is_uid));
      if (email.error()) error = email.error();
    } while (next < slice->open.size() && steady_now() < end);
  }
};

class Progress {
 public:
  Progress(Session* session, std::size_t all)
      : session_(session), all_(all), due_(steady_now() + session->config().search_progress) {}

  net::Task<> tell(std::size_t done) {
    if (steady_now() < due_) co_return;
    due_ = steady_now() + session_->config().search_progress;
    StatusResponse{.text = "Searched " + std::to_string(done * 100 / all_) + "% of the mailbox"}.print(session_->out());
    co_await session_->flush();
  }

 private:
  Session* session_;
  std::size_t all_;
  SteadyTime due_;
};

net::Task<std::vector<std::uint32_t>> run(Session* session, const SearchProgram* program, bool is_uid) {
  const Selected& selected = *session->selected();
  const Stretches all = selected.all();
  Progress progress(session, std::max<std::size_t>(selected.told().messages(), 1));
  std::vector<std::uint32_t> found;
  std::size_t done = 0;
  for (MessageWalk walk(&all); !walk.at_end(); done += kSlice) {
    Slice slice = by_columns(selected, *program, walk, is_uid);
    Opening opening{program, &session->mailstore()->store(), session->account()->id(), is_uid, &slice, 0, {}};
    while (opening.next < slice.open.size()) {
      co_await session->mailstore()->offload().run([&opening] { opening.take_turn(); });
      co_await progress.tell(done + opening.next);
    }
    if (opening.error)
      log::Line(log::error, "imap", "search.unreadable")
          .with("session", session->id())
          .with("why", opening.error->text);
    std::sort(slice.found.begin(), slice.found.end());
    found.insert(found.end(), slice.found.begin(), slice.found.end());
    if (!walk.at_end()) co_await net::sleep_for(Duration(0));
  }
  co_return found;
}

net::Task<> print_found(Session* session, std::vector<std::uint32_t> found) {
  session->out() += "* SEARCH";
  for (const std::uint32_t number : found) {
    session->out() += ' ';
    print_number(session->out(), number);
    if (session->is_out_full()) co_await session->flush();
  }
  session->out() += "\r\n";
}

}  // namespace

net::Task<Reply> search(Session* session, Command command) {
  Lexer in(command.rest());
  const auto keys = SearchKeys::parse(in);
  in.require_end();
  if (!in.ok()) co_return reply_to(in.result(0).error());
  const auto keywords = session->account()->published()->keywords;
  const auto program = SearchProgram::compile(keys, *session->selected(), *keywords);
  if (!program && program.error().code == Code::not_supported)
    co_return Reply{Condition::no, ResponseCode::of_bad_charset({"US-ASCII", "UTF-8"}), program.error().text};
  if (!program) co_return reply_to(program.error());
  auto found = co_await run(session, &*program, command.is_uid);
  co_await print_found(session, std::move(found));
  co_return Reply::ok("SEARCH completed");
}

}  // namespace posthorn::imap::commands
