// SEARCH by scan, RFC 9051 6.4.4, RFC 3501 6.4.4, RFC 4731 (RETURN), RFC 5182 (SAVE), RFC 7162 3.1.5 (MODSEQ): the
// columns settle what they can on the session's thread, a slice at a time; emails are opened on another. Between the
// slices other sessions go on, and a long search shows the client signs of life, by which a client that is gone is
// noticed as well.
#include <algorithm>

#include "base/log.h"
#include "imap/commands/commands.h"
#include "imap/commands/search_program.h"
#include "imap/commands/searched_email.h"
#include "imap/server/error_table.h"
#include "imap/server/session.h"
#include "imap/server/updates.h"
#include "imap/syntax/printer.h"
#include "imap/syntax/search_keys.h"
#include "imap/syntax/search_return.h"
#include "net/timer.h"

namespace posthorn::imap::commands {
namespace {

constexpr std::size_t kSlice = 4096;
/// How long it may hold the session's thread, and one slice of opening emails another.
constexpr auto kColumnsTurn = std::chrono::milliseconds(5);
constexpr auto kTurn = std::chrono::milliseconds(50);
/// How many quick ones pass between two looks at the clock.
constexpr std::size_t kQuickEmails = 16;
/// How often it is looked whether the client has left.
constexpr auto kLookEvery = std::chrono::seconds(1);

using Subject = SearchProgram::Subject;

struct SearchArgs {
  std::optional<SearchReturn> returns;
  SearchKeys search;

  static SearchArgs parse(Lexer& in) {
    SearchArgs args;
    if (in.try_text(" RETURN ")) args.returns = SearchReturn::parse(in);
    args.search = SearchKeys::parse(in);
    return args;
  }
  bool has(SearchOp op) const {
    return std::any_of(search.keys.begin(), search.keys.end(), [op](const SearchKey& key) { return key.op == op; });
  }
};

struct Slice {
  std::vector<Subject> open;  ///< their emails have to be asked
  std::vector<Uid> found;
  std::size_t seen = 0;
};

void take_slice(Session* session, const SearchProgram& program, MessageWalk& walk, Slice& slice) {
  slice.open.clear();
  slice.found.clear();
  slice.seen = 0;
  RowCursor rows(session->selected()->mailbox());
  const SteadyTime end = steady_now() + kColumnsTurn;
  for (; slice.seen < kSlice && !walk.at_end(); ++slice.seen, walk.advance()) {
    if (slice.seen % 64 == 63 && steady_now() >= end) break;
    const auto row = rows.find(walk.uid());
    if (!row) continue;
    const Subject subject{walk.msn(), *row, session->is_recent(row->uid)};
    const Truth truth = program.run(subject);
    if (truth == Truth::yes) slice.found.push_back(row->uid);
    if (truth == Truth::unknown) slice.open.push_back(subject);
  }
}

/// The work of another thread: opens emails of `slice` from `next` on for as long as its turn lasts.
struct Opening {
  const SearchProgram* program;
  const store::Store* store;
  mailstore::PageCursor* pages;
  AccountId account;
  Slice* slice;
  std::size_t next = 0;
  std::optional<Error> error = {};
  std::optional<SearchedEmail> opened = {};  ///< that of `next`, where a turn ended in its midst
  std::vector<Truth> settled = {};           ///< of its keys

  void take_turn() {
    const SteadyTime end = steady_now() + kTurn;
    do {
      const Subject& subject = slice->open[next];
      if (!opened) {
        opened.emplace(store, pages, account, subject.row.email);
        settled.assign(program->keys(), Truth::unknown);
      }
      opened->begin_turn(end);
      const Truth truth = program->run(subject, {&*opened, settled});
      if (opened->error()) error = opened->error();
      if (truth == Truth::unknown) return;
      if (truth == Truth::yes) slice->found.push_back(subject.row.uid);
      opened.reset();
      ++next;
    } while (next < slice->open.size() &&
             ((next % kQuickEmails != 0 && !program->reads_bodies()) || steady_now() < end));
  }
};

class Progress {
 public:
  Progress(Session* session, std::size_t all)
      : session_(session), all_(all), due_(steady_now() + session->config().search_progress) {}

  /// A sign of life when it is due; to a client that sends no more, each second, as it may be gone.
  net::Task<> tell(std::size_t done) {
    if (session_->stream()->is_asked_to_end()) throw net::Lost(Code::cancelled, "the server is stopping");
    const SteadyTime now = steady_now();
    const bool may_be_gone = now >= look_ && session_->stream()->has_peer_finished();
    if (now >= look_) look_ = now + kLookEvery;
    if (now < due_ && !may_be_gone) co_return;
    due_ = now + session_->config().search_progress;
    StatusResponse{.text = "Searched " + std::to_string(done * 100 / all_) + "% of the mailbox"}.print(session_->out());
    co_await session_->flush();
  }

 private:
  Session* session_;
  std::size_t all_;
  SteadyTime due_;
  SteadyTime look_{};
};

net::Task<UidSet> run(Session* session, const SearchProgram* program) {
  const Selected& selected = *session->selected();
  const Stretches all = selected.all();
  Progress progress(session, std::max<std::size_t>(selected.told().messages(), 1));
  const store::Store* store = &session->mailstore()->store();
  const AccountId account = session->account()->id();
  mailstore::PageCursor pages(store, account);
  UidSet found;
  std::size_t done = 0;
  Slice slice;
  for (MessageWalk walk(&all); !walk.at_end();) {
    take_slice(session, *program, walk, slice);
    Opening opening{program, store, &pages, account, &slice};
    while (opening.next < slice.open.size()) {
      co_await session->searching()->run([&opening] { opening.take_turn(); });
      co_await progress.tell(done + opening.next);
    }
    if (opening.error)
      log::Line(log::error, "imap", "search.unreadable")
          .with("session", session->id())
          .with("why", opening.error->text);
    done += slice.seen;
    std::sort(slice.found.begin(), slice.found.end());
    for (const Uid uid : slice.found) found.add(uid);
    if (!walk.at_end()) co_await net::sleep_for(Duration(0));
  }
  co_return found;
}

/// What was found, told in one way or the other.
struct Found {
  UidSet uids;
  bool is_uid = false;
  std::optional<ModSeq> modseq = {};  ///< the highest, where mod-sequences were asked for and something was found
};

ModSeq highest_modseq(const Selected& selected, const UidSet& uids) {
  ModSeq highest;
  RowCursor rows(selected.mailbox());
  uids.for_each([&](Uid uid) {
    if (const auto row = rows.find(uid)) highest = std::max(highest, row->modseq);
  });
  return highest;
}

std::uint32_t number_of(const Selected& selected, Uid uid, bool is_uid) {
  return is_uid ? uid.value() : selected.told().msn_of(uid).value();
}

/// The same set of messages by numbers, each as a Uid: ESEARCH tells both in one form.
UidSet numbers_of(const Selected& selected, const UidSet& uids, bool is_uid) {
  if (is_uid) return uids;
  UidSet numbers;
  for (const Stretch& s : selected.stretches_of(uids))
    numbers.add(Uid(s.msn.value()), Uid(s.msn.value() + s.count - 1));
  return numbers;
}

net::Task<> tell_search(Session* session, const Found* found) {
  session->out() += "* SEARCH";
  const Stretches messages = session->selected()->stretches_of(found->uids);
  for (MessageWalk walk(&messages); !walk.at_end(); walk.advance()) {
    session->out() += ' ';
    print_number(session->out(), found->is_uid ? walk.uid().value() : walk.msn().value());
    if (session->is_out_full()) co_await session->flush();
  }
  if (found->modseq) {
    session->out() += " (MODSEQ ";
    print_number(session->out(), found->modseq->value());
    session->out() += ')';
  }
  session->out() += "\r\n";
}

/// RFC 7162 3.1.10, RFC 4731 3.2: the mod-sequence is that of the messages which are told, where it is not all of them.
void tell_esearch(Session* session, const Found& found, const SearchReturn& wanted, std::string tag) {
  const Selected& selected = *session->selected();
  EsearchData data{.tag = std::move(tag), .is_uid = found.is_uid};
  if (wanted.count) data.count = static_cast<std::uint32_t>(found.uids.size());
  if (!found.uids.empty()) {
    const Uid first = found.uids.runs().front().first, last = found.uids.runs().back().last;
    if (wanted.min) data.min = number_of(selected, first, found.is_uid);
    if (wanted.max) data.max = number_of(selected, last, found.is_uid);
    if (wanted.all) data.all = numbers_of(selected, found.uids, found.is_uid);
    data.modseq = found.modseq;
    if (found.modseq && !wanted.all && !wanted.count && (wanted.min || wanted.max)) {
      UidSet ends;
      if (wanted.min) ends.add(first);
      if (wanted.max) ends.add(last);
      data.modseq = highest_modseq(selected, ends);
    }
  }
  data.print(session->out());
}

/// What SAVE keeps, RFC 5182 2.1: with MIN or MAX alone only those.
UidSet saved_of(const UidSet& found, const SearchReturn& wanted) {
  if (found.empty() || wanted.all || wanted.count || (!wanted.min && !wanted.max)) return found;
  UidSet saved;
  if (wanted.min) saved.add(found.runs().front().first);
  if (wanted.max) saved.add(found.runs().back().last);
  return saved;
}

net::Task<Reply> find(Session* session, const SearchArgs* args, std::string tag, bool is_uid) {
  const auto keywords = session->account()->published()->keywords;
  const auto program = SearchProgram::compile(args->search, *session->selected(), *keywords);
  if (!program && program.error().code == Code::not_supported)
    co_return Reply{Condition::no, ResponseCode::of_bad_charset({"US-ASCII", "UTF-8"}), program.error().text};
  if (!program) co_return reply_to(program.error());
  Found found{.uids = co_await run(session, &*program), .is_uid = is_uid};
  if (args->has(SearchOp::modseq) && !found.uids.empty())
    found.modseq = highest_modseq(*session->selected(), found.uids);
  // IMAP4rev2 has no SEARCH response (RFC 9051 appendix E).
  const bool is_extended = args->returns || session->enabled().imap4rev2;
  const SearchReturn wanted = args->returns.value_or(SearchReturn{.all = true});
  if (!is_extended) {
    co_await tell_search(session, &found);
  } else if (wanted.wants_response()) {
    tell_esearch(session, found, wanted, std::move(tag));
  }
  if (wanted.save) session->selected()->save_result(saved_of(found.uids, wanted));
  co_return Reply::ok("SEARCH completed");
}

}  // namespace

net::Task<Reply> search(Session* session, Command command) {
  Lexer in(command.rest(), command.names);
  const auto args = SearchArgs::parse(in);
  in.require_end();
  if (!in.ok()) co_return reply_to(in.result(0).error());
  // RFC 6855 3: strings are UTF-8 for who has enabled it.
  if (session->enabled().utf8_accept && !args.search.charset.empty())
    co_return Reply::bad("CHARSET is not for who has enabled UTF8=ACCEPT");
  if (args.has(SearchOp::sequence)) session->hold_numbers();
  if (command.is_uid) co_await tell_updates(session, !args.has(SearchOp::sequence));
  if (session->is_over()) co_return Reply::no("The selected mailbox was deleted");
  if (args.has(SearchOp::modseq)) session->enable(&Enabled::condstore);
  Reply reply = co_await find(session, &args, command.tag, command.is_uid);
  // RFC 5182 2.1: a SAVE that fails leaves nothing saved; one that is malformed, what was saved before.
  if (reply.condition == Condition::no && args.returns && args.returns->save) session->selected()->save_result({});
  co_return reply;
}

}  // namespace posthorn::imap::commands
