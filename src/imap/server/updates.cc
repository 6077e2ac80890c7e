#include "imap/server/updates.h"

#include "imap/server/session.h"
#include "imap/syntax/printer.h"
#include "imap/syntax/responses.h"

namespace posthorn::imap {
namespace {

struct FlagName {
  mailstore::SystemFlag flag;
  std::string_view name;
};
constexpr FlagName kNames[] = {
    {mailstore::kAnswered, "\\Answered"}, {mailstore::kFlagged, "\\Flagged"}, {mailstore::kDeleted, "\\Deleted"},
    {mailstore::kSeen, "\\Seen"},         {mailstore::kDraft, "\\Draft"},
};

void print_count(std::string& out, std::uint32_t n, std::string_view what) {
  out += "* ";
  print_number(out, n);
  out += what;
}

/// What is gone: by UIDs or by numbers, as the client has chosen.
net::Task<> tell_gone(Session* session, const mailstore::News* news) {
  if (session->enabled().qresync) {
    VanishedData{.uids = to_run_set(news->vanished)}.print(session->out());
    co_return;
  }
  for (const Msn gone : news->expunged) {
    print_count(session->out(), gone.value(), " EXPUNGE\r\n");
    if (session->is_out_full()) co_await session->flush();
  }
}

void add_name(std::string& out, std::string_view name) {
  if (out.back() != '(') out += ' ';
  out += name;
}

}  // namespace

void print_flags(std::string& out, const mailstore::Flags& flags, const mailstore::KeywordTable& keywords,
                 bool is_recent) {
  out += '(';
  for (const FlagName& known : kNames)
    if (flags.has(known.flag)) add_name(out, known.name);
  if (is_recent) add_name(out, "\\Recent");
  if (!flags.keywords.empty())
    flags.keywords.for_each([&](mailstore::KeywordId id) { add_name(out, keywords.name(id)); });
  out += ')';
}

void print_modseq(std::string& out, ModSeq modseq) {
  out += "MODSEQ (";
  print_number(out, modseq.value());
  out += ')';
}

namespace {

/// "* 3 FETCH (UID 7", "* 3 FETCH (UID 7 FLAGS (\\Seen) MODSEQ (9)" ...: all but the end.
struct RowLine {
  std::string& out;

  void begin(Msn msn, Uid uid) {
    print_count(out, msn.value(), " FETCH (UID ");
    print_number(out, uid.value());
  }
  void add_flags(const mailstore::Placement& row, const mailstore::KeywordTable& keywords, bool is_recent) {
    out += " FLAGS ";
    print_flags(out, row.flags, keywords, is_recent);
  }
  void add_modseq(ModSeq modseq) {
    out += ' ';
    print_modseq(out, modseq);
  }
  void end() { out += ")\r\n"; }
};

}  // namespace

void print_flags_line(std::string& out, Msn msn, const mailstore::Placement& row,
                      const mailstore::KeywordTable& keywords, bool is_recent, bool with_modseq) {
  RowLine line{out};
  line.begin(msn, row.uid);
  line.add_flags(row, keywords, is_recent);
  if (with_modseq) line.add_modseq(row.modseq);
  line.end();
}

net::Task<> tell_rows(Session* session, const Stretches* messages, bool with_flags) {
  MessageWalk walk(messages);
  while (!walk.at_end()) {
    RowCursor rows(session->selected()->mailbox());
    for (; !walk.at_end() && !session->is_out_full(); walk.advance()) {
      const auto row = rows.find_there(walk.uid());
      if (!row) continue;
      RowLine line{session->out()};
      line.begin(walk.msn(), row->uid);
      if (with_flags) line.add_flags(*row, rows.keywords(), session->is_recent(row->uid));
      if (session->enabled().condstore) line.add_modseq(row->modseq);
      line.end();
    }
    if (session->is_out_full()) co_await session->flush();
  }
}

void print_flags_data(std::string& out, const mailstore::KeywordTable& keywords) {
  out += "* FLAGS (";
  for (const FlagName& known : kNames) add_name(out, known.name);
  for (std::size_t i = 0; i < keywords.size(); ++i) add_name(out, keywords.name(static_cast<mailstore::KeywordId>(i)));
  out += ")\r\n";
}

namespace {

/// Those of `changed` that the client does not know: in what it changed itself, what others changed since.
UidSet not_silent(const UidSet& changed, const Silence& silence, const mailstore::Columns& columns) {
  if (silence.uids.empty()) return changed;
  UidSet told = changed.without(to_run_set(silence.uids));
  const UidSet later = to_run_set(columns.uids_changed_since(silence.modseq));
  told.add(later.intersected(changed));
  return told;
}

}  // namespace

net::Task<> tell_updates(Session* session, bool may_renumber, Silence silence) {
  Selected* selected = session->selected();
  if (selected == nullptr) co_return;
  const auto version = selected->mailbox()->version();
  if (!selected->has_news(*version, may_renumber)) co_return;
  const auto* mailbox = version->find(selected->mailbox()->id());
  if (mailbox == nullptr || !mailbox->columns || mailbox->uid_validity != selected->uid_validity()) {
    session->end_with_bye("The selected mailbox was deleted");
    co_return;
  }
  if (version->keywords->size() > selected->keywords_told()) {
    print_flags_data(session->out(), *version->keywords);
    selected->set_keywords_told(version->keywords->size());
  }
  const auto news = selected->update(*version, may_renumber);
  co_await tell_gone(session, &news);
  const Enabled& enabled = session->enabled();
  MsnCursor numbers(&selected->told().uids());
  const UidSet told = not_silent(to_run_set(news.changed), silence, *mailbox->columns);
  for (const auto& run : told.runs())
    for (auto place = mailbox->columns->lower_bound(run.first); place < mailbox->columns->size(); ++place) {
      const auto row = mailbox->columns->at(place);
      if (row.uid > run.last) break;
      print_flags_line(session->out(), numbers.find(row.uid), row, *version->keywords, session->is_recent(row.uid),
                       enabled.condstore);
      if (session->is_out_full()) co_await session->flush();
    }
  if (!news.grown) co_return;
  print_count(session->out(), selected->told().messages(), " EXISTS\r\n");
  if (enabled.hears_of_recent()) print_count(session->out(), selected->recent(), " RECENT\r\n");
}

net::Task<Reply> removal_reply(Session* session, bool has_removed, std::string text) {
  co_await tell_updates(session, true);
  Reply reply = Reply::ok(std::move(text));
  if (has_removed && session->enabled().condstore && !session->is_over())
    reply.code = ResponseCode::of_number("HIGHESTMODSEQ", session->selected()->told().modseq().value());
  co_return reply;
}

}  // namespace posthorn::imap
