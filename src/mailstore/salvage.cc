#include "mailstore/salvage.h"

#include <fmt/format.h>

#include <algorithm>

#include "mailstore/account_rows.h"
#include "mailstore/fold.h"
#include "mailstore/log.h"

namespace posthorn::mailstore {
namespace {

constexpr const char* kInbox = "INBOX";

/// Whether it fits.
bool apply(std::shared_ptr<Version>& version, Change change, WallTime time) {
  const LogEntry entry{.modseq = version->modseq.next(), .time = time, .changes = {std::move(change)}};
  auto next = fold(*version, entry);
  if (next) version = std::move(*next);
  return next.has_value();
}

class Salvager {
 public:
  Salvager(const store::View& view, AccountId account) : view_(view), account_(account) {}

  Salvaged run() {
    begin_anew();
    for (const auto& mailbox : out_.version->mailboxes)
      mailbox->columns->for_each(0, mailbox->columns->size(), [&](const Placement& p) { out_.seen.insert(p.email); });
    fold_what_there_is();
    if (out_.version->find(kInbox) == nullptr)
      (void)apply(out_.version,
                  MailboxCreated{out_.version->next_mailbox, kInbox, out_.version->next_uid_validity, SpecialUse::none},
                  out_.version->time);
    return std::move(out_);
  }

 private:
  /// The newest version of the account that rests anywhere, best one that is whole.
  void begin_anew() {
    std::vector<Start> starts;
    for (const auto& place :
         {Place{store::Table::base, account_, 0}, Place{store::Table::base, account_, 1}, checkpoint_place(account_)})
      if (auto head = read_head(view_, place); head && *head && (*head)->version->account == account_)
        starts.push_back({place, std::move(**head)});
    std::ranges::sort(starts, std::greater(), [](const Start& s) { return s.stored.version->modseq; });
    for (const auto& start : starts)
      if (auto whole = read_whole(view_, start, start.stored.version->modseq)) {
        out_.version = std::move(*whole);
        return;
      }
    if (!starts.empty()) return begin_with_chunks(starts.front());
    out_.version = std::make_shared<Version>();
    out_.version->account = account_;
    out_.version->time = wall_now();
    out_.version->next_uid_validity = out_.version->first_uid_validity =
        UidValidity(static_cast<std::uint32_t>(to_seconds(wall_now())));
  }

  void begin_with_chunks(const Start& start) {
    out_.version = std::make_shared<Version>(*start.stored.version);
    for (auto& shared : out_.version->mailboxes) {
      auto mailbox = std::make_shared<Mailbox>(*shared);
      StoredVersion one = start.stored;
      mailbox->columns = Columns();
      for (const auto& ref :
           start.stored.chunks.contains(mailbox->id) ? start.stored.chunks.at(mailbox->id) : std::vector<ChunkRef>()) {
        one.chunks[mailbox->id] = {ref};
        const auto chunk = read_columns(view_, start.place, one, mailbox->id);
        if (!chunk) {
          out_.lost.push_back(fmt::format("{}: {} messages with UIDs from {} on: {}", mailbox->name, ref.rows,
                                          ref.first_uid.value(), chunk.error().text));
          continue;
        }
        chunk->for_each(0, chunk->size(), [&](const Placement& p) {
          if (mailbox->columns->size() == 0 || p.uid > mailbox->columns->uid_at(mailbox->columns->size() - 1))
            mailbox->columns = mailbox->columns->append(p);
        });
      }
      shared = std::move(mailbox);
    }
  }

  /// Entries behind the start, as far as they are there and fit; of one that does not, each change by itself.
  void fold_what_there_is() {
    ModSeq expected = out_.version->modseq.next();
    (void)view_.scan(
        log_key(account_, expected), log_key(AccountId(account_.value() + 1), ModSeq()),
        [&](std::string_view key, std::string_view value) {
          const ModSeq modseq(ByteReader(key.substr(5)).u64());
          if (modseq != expected)
            out_.lost.push_back(fmt::format("changes {} to {} are gone", expected.value(), modseq.value() - 1));
          expected = modseq.next();
          out_.newest_row = modseq;
          auto entry = decode_entry(modseq, value);
          if (!entry) {
            out_.lost.push_back(entry.error().text);
            return true;
          }
          for (auto& change : entry->changes) fold_one(std::move(change), entry->time);
          return true;
        });
  }

  void fold_one(Change change, WallTime time) {
    if (auto* added = std::get_if<Added>(&change)) {
      out_.seen.insert(added->placement.email);
      if (out_.version->find(added->mailbox) == nullptr) make_mailbox(added->mailbox, time);
      if (const auto* mailbox = out_.version->find(added->mailbox); mailbox == nullptr)
        added->mailbox = recovered_mailbox(out_.version, time);
      else if (added->placement.uid < mailbox->uid_next)
        added->placement.uid = mailbox->uid_next;
      added->new_email = added->placement.email >= out_.version->next_email;
    }
    if (!apply(out_.version, std::move(change), time))
      out_.lost.push_back("a change that does not fit what is left is passed over");
  }

  /// INBOX is the first mailbox of every account.
  void make_mailbox(MailboxId id, WallTime time) {
    std::string name = id == MailboxId(1) ? kInbox : kRecovered;
    for (int n = 2; out_.version->find(name) != nullptr; ++n) name = fmt::format("{} {}", kRecovered, n);
    if (apply(out_.version, MailboxCreated{id, name, out_.version->next_uid_validity, SpecialUse::none}, time))
      out_.lost.push_back(fmt::format("mailbox {} has lost its name, and is called {}", id.value(), name));
  }

  const store::View& view_;
  const AccountId account_;
  Salvaged out_;
};

}  // namespace

Salvaged salvage(const store::View& view, AccountId account) { return Salvager(view, account).run(); }

MailboxId recovered_mailbox(std::shared_ptr<Version>& version, WallTime time) {
  if (const auto* mailbox = version->find(std::string_view(kRecovered))) return mailbox->id;
  const auto id = version->next_mailbox;
  (void)apply(version, MailboxCreated{id, kRecovered, version->next_uid_validity, SpecialUse::none}, time);
  return id;
}

}  // namespace posthorn::mailstore
