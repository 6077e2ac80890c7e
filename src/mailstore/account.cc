#include "mailstore/account.h"

#include <algorithm>
#include <iterator>

#include "base/log.h"
#include "mailstore/fold.h"
#include "mailstore/log.h"

namespace posthorn::mailstore {
namespace {

constexpr int kMostAttempts = 16;
/// A larger change becomes several entries of one commit. An entry is one row of the index, which reads nothing that
/// does not fit into its cache.
constexpr std::size_t kChangesAnEntry = 1024;

/// The version with other columns for one mailbox; nothing else differs.
std::shared_ptr<Version> with_columns(const Version& version, MailboxId id, std::optional<Columns> columns) {
  auto copy = std::make_shared<Version>(version);
  for (auto& mailbox : copy->mailboxes) {
    if (mailbox->id != id) continue;
    auto changed = std::make_shared<Mailbox>(*mailbox);
    changed->columns = std::move(columns);
    mailbox = std::move(changed);
    break;
  }
  return copy;
}

std::vector<Change> slice(std::vector<Change>& changes, std::size_t from, std::size_t most) {
  const auto begin = changes.begin() + static_cast<std::ptrdiff_t>(from);
  const auto end = changes.begin() + static_cast<std::ptrdiff_t>(std::min(changes.size(), from + most));
  return {std::make_move_iterator(begin), std::make_move_iterator(end)};
}

/// One body for many recipients rides in their commit once.
void add_once(store::Commit& commit, store::Commit::Blob blob) {
  const auto is_it = [&](const store::Commit::Blob& b) { return b.digest == blob.digest; };
  if (std::none_of(commit.blobs.begin(), commit.blobs.end(), is_it)) commit.blobs.push_back(std::move(blob));
}

}  // namespace

Account::Account(AccountId id, std::shared_ptr<Version> version, RecentMarks recent)
    : id_(id), head_(std::move(version)), published_(head_), recent_marks_(std::move(recent)) {}

VersionPtr Account::published() const {
  const std::lock_guard lock(mutex_);
  return published_;
}

void Account::add_watch(const std::shared_ptr<Watch>& watch) {
  const std::lock_guard lock(mutex_);
  std::erase_if(watches_, [](const auto& w) { return w.expired(); });
  watches_.push_back(watch);
}

void Account::hold(MailboxId mailbox) {
  const std::lock_guard lock(mutex_);
  ++held_[mailbox].holders;
}

void Account::release(MailboxId mailbox) {
  const std::lock_guard lock(mutex_);
  const auto it = held_.find(mailbox);
  if (it != held_.end() && --it->second.holders == 0) held_.erase(it);
}

Result<void> Account::reserve_room(std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  const auto quota = head_->quota_bytes;
  if (quota != 0 && head_->bytes + reserved_ + bytes > quota)
    return fail(Code::over_quota, "the message does not fit into the account's quota");
  reserved_ += bytes;
  return {};
}

void Account::release_room(std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  reserved_ -= bytes;
}

Uid Account::first_unclaimed(MailboxId mailbox) const {
  const std::lock_guard lock(mutex_);
  const auto it = recent_marks_.find(mailbox);
  return it == recent_marks_.end() ? Uid(1) : it->second;
}

Uid Account::claim_recent(const Mailbox& mailbox) {
  const std::lock_guard lock(mutex_);
  const auto it = recent_marks_.find(mailbox.id);
  const Uid first = it == recent_marks_.end() ? Uid(1) : it->second;
  if (mailbox.columns->lower_bound(first) == mailbox.columns->size()) return first;
  recent_marks_[mailbox.id] = mailbox.uid_next;
  unwritten_recent_.insert(mailbox.id);
  return first;
}

RecentMarks Account::take_unwritten_recent() {
  const std::lock_guard lock(mutex_);
  RecentMarks marks;
  for (const MailboxId mailbox : std::exchange(unwritten_recent_, {})) {
    if (closed_ || published_->find(mailbox) == nullptr)
      recent_marks_.erase(mailbox);
    else
      marks.emplace(mailbox, recent_marks_[mailbox]);
  }
  return marks;
}

void Account::give_back_unwritten(const RecentMarks& marks) {
  const std::lock_guard lock(mutex_);
  for (const auto& [mailbox, mark] : marks) unwritten_recent_.insert(mailbox);
}

bool Account::has_unwritten_recent() const {
  const std::lock_guard lock(mutex_);
  return !unwritten_recent_.empty();
}

void Account::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
}

std::optional<Placement> Account::find_removed(MailboxId mailbox, Uid uid) const {
  const std::lock_guard lock(mutex_);
  const auto it = held_.find(mailbox);
  if (it == held_.end()) return std::nullopt;
  const auto row = it->second.removed.find(uid);
  return row == it->second.removed.end() ? std::nullopt : std::optional(row->second);
}

void Account::unload_unheld() {
  const std::lock_guard lock(mutex_);
  if (!in_flight_.empty() || !loads_.empty()) return;
  for (const auto& mailbox : published_->mailboxes)
    if (mailbox->columns && !held_.contains(mailbox->id))
      published_ = with_columns(*published_, mailbox->id, std::nullopt);
  head_ = published_;
}

void Account::keep_removed(const LogEntry& entry) {
  for (const auto& change : entry.changes) {
    const auto* expunged = std::get_if<Expunged>(&change);
    if (expunged == nullptr) continue;
    const auto held = held_.find(expunged->mailbox);
    const Mailbox* before = published_->find(expunged->mailbox);
    if (held == held_.end() || before == nullptr || !before->columns) continue;
    auto& [holders, removed, in_order] = held->second;
    expunged->uids.for_each([&](Uid uid) {
      if (const auto row = before->columns->find(uid); row && removed.emplace(uid, *row).second)
        in_order.push_back(uid);
    });
    for (; in_order.size() > kRemovedRowsKept; in_order.pop_front()) removed.erase(in_order.front());
  }
}

void Account::publish(std::unique_lock<std::mutex>& lock) {
  auto& first = in_flight_.front();
  for (const auto& entry : first.entries) keep_removed(*entry);
  published_ = std::move(first.version);
  if (!loads_.empty()) recent_.insert(recent_.end(), first.entries.begin(), first.entries.end());
  in_flight_.pop_front();
  std::vector<std::shared_ptr<Watch>> woken;
  woken.reserve(watches_.size());
  for (const auto& watch : watches_)
    if (auto w = watch.lock()) woken.push_back(std::move(w));
  lock.unlock();
  for (const auto& watch : woken) watch->wake();
}

void Account::forget_failed(std::uint64_t epoch, std::uint64_t store_epoch) {
  if (epoch != epoch_) return;  // the head went back already when an earlier one of them failed
  head_ = published_;
  in_flight_.clear();
  epoch_ = store_epoch;
}

struct Home::Attempt {
  Attempt(store::Store& s, std::vector<std::shared_ptr<Account>> a, ChangeFunction f, Changed d)
      : store(s), accounts(std::move(a)), function(std::move(f)), done(std::move(d)) {}

  store::Store& store;
  std::vector<std::shared_ptr<Account>> accounts;  ///< as the caller gave them
  std::vector<Account*> locking_order;
  ChangeFunction function;
  Changed done;
  int attempts = 0;
  std::uint64_t epoch = 0;
  std::vector<VersionPtr> versions;
};

void Home::change(store::Store& store, std::vector<std::shared_ptr<Account>> accounts, ChangeFunction function,
                  Changed done) {
  auto a = std::make_shared<Attempt>(store, std::move(accounts), std::move(function), std::move(done));
  for (const auto& account : a->accounts) a->locking_order.push_back(account.get());
  std::sort(a->locking_order.begin(), a->locking_order.end(),
            [](const Account* x, const Account* y) { return x->id() < y->id(); });
  if (attempt(a)) store.kick(true);
}

bool Home::attempt(const std::shared_ptr<Attempt>& a) {
  ++a->attempts;
  std::vector<std::unique_lock<std::mutex>> locks;
  locks.reserve(a->locking_order.size());
  for (Account* account : a->locking_order) locks.emplace_back(account->mutex_);
  store::Commit commit;
  const auto changed = prepare(*a, commit);
  if (changed && *changed) {
    a->store.enqueue(std::move(commit), [a](Result<void> outcome) { settle(a, std::move(outcome)); });
    return true;
  }
  locks.clear();
  if (changed)
    a->done(std::move(a->versions));
  else
    a->done(fail(changed));
  return false;
}

/// False: there is nothing to commit and nothing to wait for.
Result<bool> Home::prepare(Attempt& a, store::Commit& commit) {
  a.epoch = a.store.epoch();
  bool waiting = false;
  std::vector<const Version*> heads;
  for (const auto& account : a.accounts) {
    if (account->closed_) return fail(Code::not_found, "no such account");
    // The epoch that was read above, even if it has passed: the commit is then refused, and not taken for the empty
    // one.
    if (account->in_flight_.empty()) account->epoch_ = a.epoch;
    waiting |= !account->in_flight_.empty();
    // A head that is about to be taken back: an empty commit of its epoch, which has passed, is refused in its turn,
    // behind those that failed, and the attempt is repeated then.
    if (account->epoch_ < a.epoch) commit.epoch = a.epoch = account->epoch_;
    heads.push_back(account->head_.get());
  }
  if (commit.epoch != 0) return true;
  const WallTime now = wall_now();
  auto prepared = a.function(heads, now);
  if (!prepared) return fail(prepared);
  bool anything = waiting;  // an answer that rests on changes in flight waits until they are durable
  std::vector<Account::InFlight> next(a.accounts.size());
  for (std::size_t i = 0; i < a.accounts.size(); ++i) {
    auto& p = (*prepared)[i];
    if (p.changes.empty()) continue;
    anything = true;
    for (std::size_t at = 0; at < p.changes.size(); at += kChangesAnEntry) {
      const Version& before = next[i].version ? *next[i].version : *heads[i];
      auto entry = std::make_shared<LogEntry>(
          LogEntry{before.modseq.next(), std::max(before.time, now), slice(p.changes, at, kChangesAnEntry)});
      auto version = fold(before, *entry);
      if (!version) return fail(Code::internal, version.error().text);
      commit.put(log_key(a.accounts[i]->id(), entry->modseq), encode_entry(*entry));
      next[i].version = std::move(*version);
      next[i].entries.push_back(std::move(entry));
    }
    for (auto& row : p.commit.rows) commit.rows.push_back(std::move(row));
    for (auto& blob : p.commit.blobs) add_once(commit, std::move(blob));
    for (auto& e : p.commit.expectations) commit.expectations.push_back(std::move(e));
  }
  a.versions.clear();
  for (std::size_t i = 0; i < a.accounts.size(); ++i) {
    if (next[i].version) {
      a.accounts[i]->head_ = next[i].version;
      a.accounts[i]->in_flight_.push_back(std::move(next[i]));
    }
    a.versions.push_back(a.accounts[i]->head_);
  }
  commit.epoch = a.epoch;
  return anything;
}

void Home::settle(const std::shared_ptr<Attempt>& a, Result<void> outcome) {
  for (std::size_t i = 0; i < a->accounts.size(); ++i) {
    Account& account = *a->accounts[i];
    std::unique_lock lock(account.mutex_);
    if (!outcome) {
      account.forget_failed(a->epoch, a->store.epoch());
    } else if (!account.in_flight_.empty() && account.in_flight_.front().version->modseq == a->versions[i]->modseq) {
      a->versions[i] = account.in_flight_.front().version;  // a load may have given it columns
      account.publish(lock);
    }
  }
  if (outcome)
    a->done(std::move(a->versions));
  else if (outcome.error().code == Code::cancelled && a->attempts < kMostAttempts)
    attempt(a);
  else
    a->done(fail(outcome));
}

VersionPtr ColumnsLoad::begin(Account& account, MailboxId mailbox) {
  const std::lock_guard lock(account.mutex_);
  const Mailbox* m = account.published_->find(mailbox);
  if (m == nullptr || m->columns) return nullptr;
  account.loads_.insert(account.published_->modseq);
  return account.published_;
}

void ColumnsLoad::finish(Account& account, MailboxId mailbox, const Version& version, std::optional<Columns> columns) {
  const std::lock_guard lock(account.mutex_);
  account.loads_.erase(account.loads_.find(version.modseq));
  const Mailbox* now = account.published_->find(mailbox);
  if (columns && now != nullptr && !now->columns) {
    for (const auto& entry : account.recent_)
      if (entry->modseq > version.modseq) columns = fold_columns(std::move(*columns), mailbox, *entry);
    account.published_ = with_columns(*account.published_, mailbox, columns);
    account.head_ = account.published_;
    for (auto& in_flight : account.in_flight_) {
      for (const auto& entry : in_flight.entries) columns = fold_columns(std::move(*columns), mailbox, *entry);
      in_flight.version = with_columns(*in_flight.version, mailbox, columns);
      account.head_ = in_flight.version;
    }
  }
  if (account.loads_.empty()) account.recent_.clear();
}

}  // namespace posthorn::mailstore
