// FETCH, RFC 9051 6.4.5, RFC 3501 6.4.5, with CHANGEDSINCE and VANISHED of RFC 7162 3.1.4 and 3.2.6.
//
// What the columns answer (UID, FLAGS, RFC822.SIZE, INTERNALDATE) is printed from them row by row; only where more is
// asked for are rows of emails read, a batch at a time, and only for sections bytes of messages.
#include <algorithm>
#include <span>

#include "base/log.h"
#include "imap/commands/commands.h"
#include "imap/commands/fetch_binary.h"
#include "imap/commands/fetch_message.h"
#include "imap/commands/fetch_pages.h"
#include "imap/commands/fetch_section.h"
#include "imap/commands/resync.h"
#include "imap/server/error_table.h"
#include "imap/server/session.h"
#include "imap/server/updates.h"
#include "imap/syntax/date_time.h"
#include "imap/syntax/modifiers.h"
#include "imap/syntax/printer.h"
#include "mailstore/emails_ahead.h"
#include "mailstore/set_flags.h"

namespace posthorn::imap::commands {
namespace {

using mailstore::Email;

constexpr std::size_t kBatch = 256;
/// A page is read for so many of its messages.
constexpr std::size_t kWorthAPage = 8;

struct FetchArgs {
  SequenceSet messages;
  FetchItems items;
  FetchModifiers modifiers;

  static FetchArgs parse(Lexer& in) {
    FetchArgs args;
    args.messages = SequenceSet::parse(in);
    in.sp();
    args.items = FetchItems::parse(in);
    if (in.try_char(' ')) args.modifiers = FetchModifiers::parse(in);
    return args;
  }
};

/// What a FETCH came to.
struct Outcome {
  bool has_missed = false;  ///< a message was expunged by another, and its row is gone
  std::optional<Error> error;
};

bool has(const FetchItems& items, FetchAtt att) {
  return std::any_of(items.items.begin(), items.items.end(), [&](const auto& item) { return item.att == att; });
}

bool needs_bytes(const FetchItem& item) { return is_section(item.att) || is_binary(item.att); }

bool needs_email(const FetchItem& item) {
  return needs_bytes(item) || item.att == FetchAtt::envelope || item.att == FetchAtt::body ||
         item.att == FetchAtt::body_structure;
}

FetchItem item_of(FetchAtt att) { return {.att = att, .section = {}, .partial = {}}; }

void add_once(FetchItems& items, FetchAtt att) {
  if (!has(items, att)) items.items.insert(items.items.begin(), item_of(att));
}

/// RFC 3501 6.4.5: what reads the text of a message without PEEK.
bool sets_seen(const FetchItems& items) {
  return has(items, FetchAtt::body_section) || has(items, FetchAtt::rfc822) || has(items, FetchAtt::rfc822_text) ||
         has(items, FetchAtt::binary);
}

void print_from_columns(std::string& out, const FetchItems& items, const FetchedMessage& message,
                        const mailstore::KeywordTable& keywords) {
  print_head(out, message.msn);
  bool is_first = true;
  for (const FetchItem& item : items.items) {
    if (!std::exchange(is_first, false)) out += ' ';
    print_item(out, item, message, keywords, nullptr);
  }
  out += ")\r\n";
}

net::Task<Outcome> from_columns(Session* session, const FetchItems* items, MessageWalk walk) {
  Outcome outcome;
  while (!walk.at_end()) {
    RowCursor rows(session->selected()->mailbox());
    for (; !walk.at_end() && !session->is_out_full(); walk.advance()) {
      const auto row = rows.find(walk.uid());
      if (row) {
        print_from_columns(session->out(), *items, {walk.msn(), *row, session->is_recent(row->uid)}, rows.keywords());
      } else {
        outcome.has_missed = true;
      }
    }
    if (session->is_out_full()) co_await session->flush();
  }
  co_return outcome;
}

net::Task<Result<void>> send_message(Session* session, const FetchItems* items, const FetchedMessage* message,
                                     const Email* email) {
  Result<void> sent;
  const auto keywords = session->account()->published()->keywords;
  print_head(session->out(), message->msn);
  bool is_first = true;
  const auto print_first = [&](FetchAtt att) {
    if (has(*items, att)) return;
    if (!std::exchange(is_first, false)) session->out() += ' ';
    print_item(session->out(), item_of(att), *message, *keywords, email);
  };
  if (message->is_newly_seen) {
    // RFC 7162 3.2.4: with UID and MODSEQ for who hears of mod-sequences.
    if (session->enabled().condstore) print_first(FetchAtt::uid);
    print_first(FetchAtt::flags);
    if (session->enabled().condstore) print_first(FetchAtt::modseq);
  }
  for (const FetchItem& item : items->items) {
    if (!std::exchange(is_first, false)) session->out() += ' ';
    co_await session->between_pieces();
    if (is_section(item.att)) {
      const auto section = co_await send_section(session, &item, email);
      if (!section) sent = section;
    } else if (is_binary(item.att)) {
      const auto part = co_await send_binary(session, &item, email);
      if (!part) sent = part;
    } else {
      print_item(session->out(), item, *message, *keywords, email);
    }
  }
  session->out() += ")\r\n";
  co_return sent;
}

std::vector<FetchedMessage> next_batch(Session* session, MessageWalk& walk, const mailstore::UidSet& newly_seen,
                                       Outcome& outcome) {
  std::vector<FetchedMessage> batch;
  RowCursor rows(session->selected()->mailbox());
  for (; !walk.at_end() && batch.size() < kBatch; walk.advance()) {
    const auto row = rows.find(walk.uid());
    if (row) {
      batch.push_back({walk.msn(), *row, session->is_recent(row->uid), newly_seen.contains(row->uid)});
    } else {
      outcome.has_missed = true;
    }
  }
  return batch;
}

/// What is left to tell of a message whose email cannot be read: that it is \Seen now, if it is.
void print_unreadable(Session* session, const FetchedMessage& message) {
  if (!message.is_newly_seen) return;
  const auto keywords = session->account()->published()->keywords;
  print_flags_line(session->out(), message.msn, message.row, *keywords, message.is_recent,
                   session->enabled().condstore);
}

std::vector<EmailId> ids_of(std::span<const FetchedMessage> messages) {
  std::vector<EmailId> ids;
  ids.reserve(messages.size());
  for (const FetchedMessage& message : messages) ids.push_back(message.row.email);
  return ids;
}

net::Task<> send_emails(Session* session, const FetchItems* items, std::span<const FetchedMessage> messages,
                        Outcome* outcome) {
  using Ahead = mailstore::EmailsAhead;
  const bool reads_bytes = std::any_of(items->items.begin(), items->items.end(), needs_bytes);
  Ahead ahead(session->mailstore(), session->account()->id(), ids_of(messages),
              reads_bytes ? Ahead::Blobs::read : Ahead::Blobs::left);
  while (!messages.empty()) {
    auto emails = co_await ahead.next();
    for (auto& email : emails) {
      const FetchedMessage* message = &messages.front();
      if (!email) print_unreadable(session, *message);
      const auto sent = email ? co_await send_message(session, items, message, &*email) : base::fail(email);
      if (!sent && !outcome->error) outcome->error = sent.error();
      if (email) email->blob.reset();
      co_await session->between_pieces();
      messages = messages.subspan(1);
    }
  }
}

std::uint64_t page_of(const FetchedMessage& message) { return mailstore::page_of(message.row.email); }

/// Those at the beginning that are on one page.
std::span<const FetchedMessage> on_one_page(std::span<const FetchedMessage> messages) {
  const auto is_elsewhere = [&](const FetchedMessage& m) { return page_of(m) != page_of(messages.front()); };
  return {messages.begin(), std::find_if(messages.begin(), messages.end(), is_elsewhere)};
}

/// How many were sent: up to the first that is not in the page.
net::Task<std::size_t> send_paged(Session* session, const PagedItems* items, mailstore::PageReader* pages,
                                  std::span<const FetchedMessage> messages) {
  const auto keywords = session->account()->published()->keywords;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    if (!items->print(session->out(), messages[i], *keywords, *pages)) co_return i;
    if (session->is_out_full()) co_await session->between_pieces();
  }
  co_return messages.size();
}

net::Task<Outcome> from_emails(Session* session, const FetchItems* items, MessageWalk walk,
                               mailstore::UidSet newly_seen) {
  Outcome outcome;
  const auto paged = PagedItems::of(*items);
  mailstore::PageReader pages(session->mailstore(), session->account()->id(),
                              paged ? paged->columns() : std::vector<mailstore::PageColumn>());
  while (!walk.at_end()) {
    const auto batch = next_batch(session, walk, newly_seen, outcome);
    std::span<const FetchedMessage> left = batch;
    while (!left.empty()) {
      const auto run = on_one_page(left);
      const bool is_worth_it = paged && (pages.is_at(page_of(run.front())) || run.size() >= kWorthAPage);
      std::size_t sent = 0;
      if (is_worth_it && co_await pages.turn_to(page_of(run.front())))
        sent = co_await send_paged(session, &*paged, &pages, run);
      else
        co_await send_emails(session, items, run.first(sent = run.size()), &outcome);
      if (sent < run.size()) co_await send_emails(session, items, run.subspan(sent++, 1), &outcome);
      left = left.subspan(sent);
    }
  }
  co_return outcome;
}

/// Before the data, so that the FLAGS told with it hold already. Answers which messages were not \Seen until now: their
/// FLAGS belong to the answer (RFC 3501 6.4.5), not before it, as curl takes the first FETCH for the data. A mailbox
/// that takes no change is still read.
net::Task<mailstore::UidSet> mark_seen(Session* session, MessageWalk walk) {
  mailstore::UidSet unseen;
  {
    RowCursor rows(session->selected()->mailbox());
    for (; !walk.at_end(); walk.advance())
      if (const auto row = rows.find(walk.uid()); row && !row->flags.has(mailstore::kSeen)) unseen.append(row->uid);
  }
  if (unseen.empty()) co_return unseen;
  const auto done = co_await mailstore::set_flags(session->mailstore(), session->selected()->mailbox(),
                                                  {.uids = std::move(unseen),
                                                   .op = mailstore::FlagsOp::add,
                                                   .flags = {mailstore::kSeen, {}},
                                                   .unchanged_since = {}});
  if (!done) {
    log::Line(log::warning, "imap", "fetch.not_seen").with("session", session->id()).with("why", done.error().text);
    co_return mailstore::UidSet();
  }
  co_await tell_updates(session, false, {done->changed, done->version->modseq});
  co_return done->changed;
}

/// Those of `messages` that changed since.
Stretches changed_of(const Selected& selected, const Stretches& messages, ModSeq since) {
  const auto version = selected.mailbox()->version();
  const auto* mailbox = version->find(selected.mailbox()->id());
  if (mailbox == nullptr || !mailbox->columns) return {};
  const UidSet changed = to_run_set(mailbox->columns->uids_changed_since(since));
  return selected.stretches_of(changed.intersected(to_run_set(uids_of(messages))));
}

/// The UIDs that a set names, also of messages that are not there any more.
UidSet uids_asked(const Session& session, const SequenceSet& set) {
  const auto& selected = *session.selected();
  const auto version = selected.mailbox()->version();
  const auto* mailbox = version->find(selected.mailbox()->id());
  return set.resolve(mailbox == nullptr ? Uid() : Uid(mailbox->uid_next.value() - 1));
}

Reply reply_of(const Outcome& outcome, bool is_uid) {
  if (outcome.error && outcome.error->code == Code::not_supported)
    return {Condition::no, ResponseCode{"UNKNOWN-CTE"}, outcome.error->text};
  if (outcome.error) return reply_to(*outcome.error);
  if (outcome.has_missed && !is_uid)
    return {Condition::no, ResponseCode{"EXPUNGEISSUED"}, "Some of the messages were expunged meanwhile"};
  return Reply::ok("FETCH completed");
}

}  // namespace

net::Task<Reply> fetch(Session* session, Command command) {
  auto args = arguments<FetchArgs>(command);
  if (!args) co_return reply_to(args.error());
  FetchItems& items = args->items;
  const auto since = args->modifiers.changed_since;
  if (args->modifiers.vanished && !command.is_uid) co_return Reply::bad("VANISHED goes with UID FETCH");
  if (args->modifiers.vanished && !session->enabled().qresync) co_return Reply::bad("Say ENABLE QRESYNC first");
  // RFC 7162 3.1.4.1: CHANGEDSINCE asks for MODSEQ too.
  if (since) add_once(items, FetchAtt::modseq);
  if (has(items, FetchAtt::modseq)) session->enable(&Enabled::condstore);
  // RFC 9051 6.4.9: UID FETCH tells the UID, asked for or not.
  if (command.is_uid) add_once(items, FetchAtt::uid);
  auto messages = session->selected()->resolve(args->messages, command.is_uid);
  if (!messages) co_return reply_to(messages.error());
  if (args->modifiers.vanished)
    if (const auto told = co_await tell_vanished(session, *since, uids_asked(*session, args->messages), Uid()); !told)
      co_return reply_to(told.error());
  if (since) messages = changed_of(*session->selected(), *messages, *since);
  const MessageWalk walk(&*messages);
  mailstore::UidSet newly_seen;
  if (sets_seen(items) && !session->selected()->is_read_only()) newly_seen = co_await mark_seen(session, walk);
  const bool reads_emails = std::any_of(items.items.begin(), items.items.end(), needs_email);
  const Outcome outcome = reads_emails ? co_await from_emails(session, &items, walk, std::move(newly_seen))
                                       : co_await from_columns(session, &items, walk);
  co_return reply_of(outcome, command.is_uid);
}

}  // namespace posthorn::imap::commands
