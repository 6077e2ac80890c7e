// SELECT, EXAMINE, CLOSE and UNSELECT: RFC 9051 6.3.2, 6.3.3, 6.4.1, 6.4.2; RFC 3691 2;
// RFC 7162 3.1.8, 3.2.5, 3.2.8.
#include "base/log.h"
#include "imap/commands/commands.h"
#include "imap/commands/resync.h"
#include "imap/server/error_table.h"
#include "imap/server/session.h"
#include "imap/server/updates.h"
#include "imap/syntax/select_args.h"
#include "mailstore/expunge.h"

namespace posthorn::imap::commands {
namespace {

/// The place, from 1, of the first message that is not seen; 0 where there is none.
std::uint32_t first_unseen(const mailstore::Mailbox& mailbox) {
  if (mailbox.unseen == 0) return 0;
  const auto& columns = *mailbox.columns;
  for (std::size_t i = 0; i < columns.chunks(); ++i) {
    const auto* chunk = columns.chunk(i);
    for (std::uint32_t row = 0; row < columns.chunk_rows(i); ++row)
      if ((chunk->system_flags(row) & mailstore::kSeen) == 0) return columns.chunk_start(i) + row + 1;
  }
  return 0;
}

void print_ok(std::string& out, ResponseCode code, const char* text) {
  StatusResponse{.code = std::move(code), .text = text}.print(out);
}

FlagList permanent_flags(const mailstore::KeywordTable& keywords, bool is_read_only) {
  FlagList flags;
  if (is_read_only) return flags;
  for (const auto flag : {SystemFlag::answered, SystemFlag::flagged, SystemFlag::deleted, SystemFlag::seen,
                          SystemFlag::draft, SystemFlag::any})
    if (flag != SystemFlag::any || !keywords.is_full()) flags.add(flag);
  for (std::size_t i = 0; i < keywords.size(); ++i)
    flags.add_keyword(keywords.name(static_cast<mailstore::KeywordId>(i)));
  return flags;
}

void print_selected(Session* session, const Selected& selected, const mailstore::Version& version,
                    const mailstore::Mailbox& mailbox) {
  std::string& out = session->out();
  print_flags_data(out, *version.keywords);
  print_ok(out, ResponseCode::of_permanent_flags(permanent_flags(*version.keywords, selected.is_read_only())),
           selected.is_read_only() ? "No flag can be changed" : "Flags that can be changed");
  CountData{CountData::Kind::exists, selected.told().messages()}.print(out);
  if (session->enabled().imap4rev2) {
    ListData{.name = mailbox.name}.print(out, session->enabled().names());
  } else {
    CountData{CountData::Kind::recent, selected.recent()}.print(out);
    if (const auto unseen = first_unseen(mailbox); unseen != 0)
      print_ok(out, ResponseCode::of_number("UNSEEN", unseen), "First unseen message");
  }
  print_ok(out, ResponseCode::of_number("UIDVALIDITY", mailbox.uid_validity.value()), "UIDs are valid");
  print_ok(out, ResponseCode::of_number("UIDNEXT", mailbox.uid_next.value()), "Predicted next UID");
  print_ok(out, ResponseCode::of_number("HIGHESTMODSEQ", selected.told().modseq().value()), "Highest mod-sequence");
}

/// Leaves the mailbox that is selected, and says so: what is told from here on is of another (RFC 9051 7.1, CLOSED).
void leave(Session* session) {
  if (session->selected() == nullptr) return;
  session->select(nullptr);
  print_ok(session->out(), ResponseCode{"CLOSED"}, "The mailbox that was selected is closed");
}

net::Task<Reply> open(Session* session, Command command, bool is_read_only) {
  auto args = arguments<SelectArgs>(command);
  if (!args) co_return reply_to(args.error());
  if (args->qresync && !session->enabled().qresync) co_return Reply::bad("Say ENABLE QRESYNC first");
  // RFC 9051 6.3.2: the old mailbox is left even where the new one cannot be opened.
  leave(session);
  if (args->condstore) session->enable(&Enabled::condstore);
  const auto before = session->account()->published();
  const mailstore::Mailbox* found = before->find(args->mailbox.utf8());
  if (found == nullptr) co_return reply_to({Code::not_found, "There is no such mailbox"});
  const MailboxId id = found->id;
  auto opened = co_await session->mailstore()->open_mailbox(session->account(), id);
  if (!opened) co_return reply_to(opened.error());
  const auto version = (*opened)->version();
  const auto* mailbox = version->find(id);
  if (mailbox == nullptr) co_return reply_to({Code::not_found, "There is no such mailbox"});
  auto selected = std::make_unique<Selected>(std::move(*opened), *version, is_read_only);
  selected->set_keywords_told(version->keywords->size());
  print_selected(session, *selected, *version, *mailbox);
  session->select(std::move(selected));
  if (args->qresync && args->qresync->uid_validity == mailbox->uid_validity)
    if (const auto told = co_await tell_changes_since(session, version, std::move(*args->qresync)); !told) {
      session->select(nullptr);
      co_return reply_to(told.error());
    }
  if (is_read_only) co_return Reply{Condition::ok, ResponseCode{"READ-ONLY"}, "EXAMINE completed"};
  co_return Reply{Condition::ok, ResponseCode{"READ-WRITE"}, "SELECT completed"};
}

}  // namespace

net::Task<Reply> select(Session* session, Command command) {
  co_return co_await open(session, std::move(command), false);
}

net::Task<Reply> examine(Session* session, Command command) {
  co_return co_await open(session, std::move(command), true);
}

net::Task<Reply> close(Session* session, Command) {
  const auto mailbox = session->selected()->mailbox();
  const bool may_expunge = !session->selected()->is_read_only();
  session->select(nullptr);
  if (!may_expunge) co_return Reply::ok("CLOSE completed");
  const auto done = co_await mailstore::expunge(session->mailstore(), mailbox, std::nullopt);
  // The mailbox is left in any case; a client that hears NO would believe that it is not. No HIGHESTMODSEQ is told, as
  // what else has happened was not (RFC 7162 3.2.8).
  if (!done)
    log::Line(log::warning, "imap", "close.not_expunged").with("session", session->id()).with("why", done.error().text);
  co_return Reply::ok("CLOSE completed");
}

net::Task<Reply> unselect(Session* session, Command) {
  session->select(nullptr);
  co_return Reply::ok("UNSELECT completed");
}

}  // namespace posthorn::imap::commands
