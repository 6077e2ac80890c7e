// Dropping the old part of a log, and whole accounts. What mailstore.h says of truncate_log and delete_account.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "mailstore/account_rows.h"
#include "mailstore/email.h"
#include "mailstore/fold.h"
#include "mailstore/log.h"
#include "mailstore/mailstore.h"
#include "mailstore/pages.h"
#include "store/blob/sweeper.h"

namespace posthorn::mailstore {
namespace {

constexpr std::size_t kRowsACommit = 2000;

std::set<EmailId> emails_of(const Version& version) {
  std::set<EmailId> emails;
  for (const auto& mailbox : version.mailboxes)
    mailbox->columns->for_each(0, mailbox->columns->size(), [&](const Placement& p) { emails.insert(p.email); });
  return emails;
}

/// Emails that the log between `from` and `upto` names.
Result<std::set<EmailId>> emails_added(const store::View& view, AccountId account, ModSeq from, ModSeq upto) {
  std::set<EmailId> emails;
  const auto done = read_log(view, account, from, upto, [&](const LogEntry& entry) -> Result<void> {
    for (const auto& change : entry.changes)
      if (const auto* added = std::get_if<Added>(&change)) emails.insert(added->placement.email);
    return {};
  });
  if (!done) return fail(done);
  return emails;
}

bool are_same(const KeywordTable& a, const KeywordTable& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a.name(static_cast<KeywordId>(i)) != b.name(static_cast<KeywordId>(i))) return false;
  return true;
}

bool are_same(const Mailbox& a, const Mailbox& b) {
  const auto fields = [](const Mailbox& m) {
    return std::tie(m.id, m.name, m.uid_validity, m.uid_next, m.special_use, m.created, m.messages, m.unseen, m.deleted,
                    m.bytes, m.highest_modseq);
  };
  const auto same_marks = [](const auto& x, const auto& y) { return x.first == y.first && *x.second == *y.second; };
  if (fields(a) != fields(b) || a.columns->size() != b.columns->size() ||
      !std::ranges::equal(a.private_marks, b.private_marks, same_marks))
    return false;
  for (std::uint32_t i = 0; i < a.columns->size(); ++i)
    if (a.columns->at(i) != b.columns->at(i)) return false;
  return true;
}

/// Whether two versions say the same of everything.
bool are_same(const Version& a, const Version& b) {
  const auto fields = [](const Version& v) {
    return std::tie(v.account, v.modseq, v.time, v.epoch, v.next_email, v.next_mailbox, v.first_uid_validity,
                    v.next_uid_validity, v.bytes, v.quota_bytes);
  };
  return fields(a) == fields(b) && are_same(*a.keywords, *b.keywords) && *a.subscriptions == *b.subscriptions &&
         std::ranges::equal(a.mailboxes, b.mailboxes, [](const auto& x, const auto& y) { return are_same(*x, *y); });
}

/// Rows of an email that nothing refers to any more; its body goes later, when it has no reference left.
Result<void> forget_email(const store::View& view, AccountId account, EmailId id, store::Commit& commit) {
  const auto row = view.get(email_key(account, id));
  if (!row) return fail(row);
  if (!*row) return {};  // before a stop
  const auto email = decode_email(**row);
  if (!email) return fail(email);
  const auto& digest = email->digest;
  commit.erase(email_key(account, id));
  commit.erase(reference_key(digest, account, id));
  commit.put(store::doomed_key(wall_now(), digest), "");
  return {};
}

/// Erases what only the old base and the log up to `upto`, the new base, can tell: emails that nothing names any more,
/// then the log, and the old base at last, which shows until then that this is to be done.
Result<void> forget_before(store::Store& store, const store::View& view, const Start& old, AccountId id, ModSeq upto) {
  const ModSeq from = old.stored.version->modseq;
  const auto start = read_whole(view, old, from);
  if (!start) return fail(start);
  auto candidates = emails_added(view, id, from, upto);
  if (!candidates) return fail(candidates);
  candidates->merge(emails_of(**start));
  const auto base = read_base(store, id);
  if (!base) return fail(base);
  const auto living_version = read_whole(store, *base, upto);
  if (!living_version) return fail(living_version);
  const auto living = emails_of(**living_version);
  const auto later = emails_added(store, id, upto, kNewest);
  if (!later) return fail(later);
  store::Commit commit;
  std::set<std::uint64_t> pages;
  for (const EmailId email : *candidates) {
    if (living.contains(email) || later->contains(email)) continue;
    pages.insert(page_of(email));
    if (auto done = forget_email(view, id, email, commit); !done) return done;
    if (commit.rows.size() >= kRowsACommit)
      if (auto done = store.commit(std::exchange(commit, {})); !done) return done;
  }
  if (auto done = store.commit(std::move(commit)); !done) return done;
  for (const auto page : pages)
    if (auto done = erase_page(store, id, page); !done) return done;
  if (auto done = store.erase(log_key(id, ModSeq(1)), log_key(id, upto.next())); !done) return done;
  return erase_version(store, old.place);
}

/// Ends a truncation that was stopped after its new base came into force: the old base is still there then.
Result<void> finish_truncation(store::Store& store, AccountId id, const AccountRow& row) {
  AccountRow other = row;
  other.generation = static_cast<std::uint8_t>(1 - row.generation);
  const Place place = base_place(id, other);
  const auto view = store.snapshot();
  auto left = read_head(*view, place);
  // One that is not whole, or newer than the base in force, never came into force; it is erased when it is written
  // anew.
  if (!left || !*left || (*left)->version->modseq >= row.base_modseq) return {};
  const auto log = view->get(log_key(id, (*left)->version->modseq.next()));
  if (!log) return fail(log);
  // The log is erased from its beginning, after the emails: if that has begun, they are gone.
  if (!*log) return store.erase(log_key(id, ModSeq(1)), log_key(id, row.base_modseq.next()));
  return forget_before(store, *view, Start{place, std::move(**left)}, id, row.base_modseq);
}

}  // namespace

Result<void> Mailstore::truncate_log(AccountId id, ModSeq upto) {
  const std::lock_guard alone(background_);
  return drop_log(id, upto);
}

/// background_ is held.
Result<void> Mailstore::drop_log(AccountId id, ModSeq upto) {
  const auto before = store_.snapshot();
  const auto row = read_account_row(*before, id);
  if (!row) return fail(row);
  if (auto done = finish_truncation(store_, id, *row); !done) return done;
  const auto base = read_base(*before, id);
  if (!base) return fail(base);
  const auto newest = read_version(*before, id, kNewest);
  if (!newest) return fail(newest);
  if (upto <= row->base_modseq || upto > (*newest)->modseq)
    return fail(Code::invalid, "the log can be dropped up to a change between its base and its end");
  const auto whole = read_whole(*before, *base, upto);
  if (!whole) return fail(whole);

  const auto next = write_base(store_, **whole, static_cast<std::uint8_t>(1 - row->generation));
  if (!next) return fail(next);

  // The new base must say on its own what the old one says with the log.
  const Place place = base_place(id, *next);
  auto stored = read_head(store_, place);
  if (!stored) return fail(stored);
  if (!*stored) return fail(Code::damaged, "the new base was not written");
  const auto again = read_whole(store_, Start{place, std::move(**stored)}, upto);
  if (!again) return fail(again);
  if (!are_same(**whole, **again)) return fail(Code::damaged, "the new base does not fold to what the log says");

  auto switched = store_.commit(store::Commit()
                                    .expect_equals(account_key(id), encode_account_row(*row))
                                    .put(account_key(id), encode_account_row(*next)));
  if (!switched) return switched;

  const auto done = forget_before(store_, *before, *base, id, upto);
  const std::lock_guard lock(mutex_);
  if (const auto it = slots_.find(id); it != slots_.end()) it->second.pages.reset();
  return done;
}

Result<void> Mailstore::delete_account(AccountId id) {
  const std::lock_guard alone(background_);
  // No change may follow the erasure of its account; those in line already stand before it.
  const auto account = open_now(id);
  if (account) (*account)->close();
  if (!account && account.error().code != Code::not_found) return fail(account);
  store::Commit erase_row;
  erase_row.erase(account_key(id));
  if (account) {
    const auto gone = read_gone_uid_validities(store_);
    if (!gone) return fail(gone);
    erase_row.put(gone_uid_validities_key(), encode_gone_uid_validities(gone->with(*(*account)->published())));
  }
  if (auto done = store_.commit(std::move(erase_row)); !done) return done;
  {
    const std::lock_guard lock(mutex_);
    dropped_ += slots_.erase(id);
  }
  old_logs_.erase(id);
  const auto view = store_.snapshot();
  store::Commit commit;
  Result<void> outcome;
  const auto scanned = view->scan(email_key(id, EmailId()), email_key(AccountId(id.value() + 1), EmailId()),
                                  [&](std::string_view key, std::string_view) {
                                    outcome = forget_email(*view, id, EmailId(ByteReader(key.substr(5)).u64()), commit);
                                    if (outcome && commit.rows.size() >= kRowsACommit)
                                      outcome = store_.commit(std::exchange(commit, {}));
                                    return outcome.has_value();
                                  });
  if (!scanned) return scanned;
  if (!outcome) return outcome;
  if (auto done = store_.commit(std::move(commit)); !done) return done;
  for (const auto table : {store::Table::change, store::Table::thread, store::Table::base, store::Table::checkpoint}) {
    const auto prefix = store::KeyBuilder(table).u32(id.value()).take();
    if (auto done = store_.erase(prefix, store::after_prefix(prefix)); !done) return done;
  }
  return erase_pages(store_, id);
}

}  // namespace posthorn::mailstore
