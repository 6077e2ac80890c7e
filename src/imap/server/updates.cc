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

void print_flags_line(std::string& out, Msn msn, const mailstore::Placement& row,
                      const mailstore::KeywordTable& keywords, bool is_recent) {
  print_count(out, msn.value(), " FETCH (UID ");
  print_number(out, row.uid.value());
  out += " FLAGS ";
  print_flags(out, row.flags, keywords, is_recent);
  out += ")\r\n";
}

void print_flags_data(std::string& out, const mailstore::KeywordTable& keywords) {
  out += "* FLAGS (";
  for (const FlagName& known : kNames) add_name(out, known.name);
  for (std::size_t i = 0; i < keywords.size(); ++i) add_name(out, keywords.name(static_cast<mailstore::KeywordId>(i)));
  out += ")\r\n";
}

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
  for (const Msn gone : news.expunged) {
    print_count(session->out(), gone.value(), " EXPUNGE\r\n");
    if (session->is_out_full()) co_await session->flush();
  }
  MsnCursor numbers(&selected->told().uids());
  for (const auto& row : news.changed) {
    if (row.modseq == silence.modseq && silence.uids.contains(row.uid)) continue;
    print_flags_line(session->out(), numbers.find(row.uid), row, *version->keywords, selected->is_recent(row.uid));
    if (session->is_out_full()) co_await session->flush();
  }
  if (!news.grown) co_return;
  print_count(session->out(), selected->told().messages(), " EXISTS\r\n");
  print_count(session->out(), selected->recent(), " RECENT\r\n");
}

}  // namespace posthorn::imap
