#include "mailstore/mailstore.h"

#include <future>

#include "base/log.h"
#include "codec/digest.h"
#include "mailstore/account_rows.h"
#include "mailstore/fold.h"
#include "mailstore/log.h"
#include "mailstore/pages.h"
#include "net/memory_level.h"
#include "store/blob/sweeper.h"

namespace posthorn::mailstore {
namespace {

constexpr std::size_t kLargestCommit = 1 << 20;
/// Who refers to a body reads its email's row a moment before.
constexpr Duration kGraceWhenFull = std::chrono::minutes(2);
/// So long one call of tidy() writes pages: where mail comes in, and where nearly none does.
constexpr auto kPagesWhileBusy = std::chrono::milliseconds(20), kPagesAtOnce = std::chrono::milliseconds(500);
constexpr std::uint64_t kFewAppended = 10;

struct FirstMailbox {
  const char* name;
  SpecialUse special_use;
};
constexpr FirstMailbox kFirstMailboxes[] = {
    {"INBOX", SpecialUse::none}, {"Drafts", SpecialUse::drafts}, {"Sent", SpecialUse::sent},
    {"Junk", SpecialUse::junk},  {"Trash", SpecialUse::trash},   {"Archive", SpecialUse::archive},
};

/// All subscribed: Thunderbird and K-9 show no others, and Outlook makes a second Sent in its own language where it
/// finds none.
LogEntry first_entry(const Version& empty, WallTime now) {
  LogEntry entry{.modseq = empty.modseq.next(), .time = now, .changes = {}};
  MailboxId id = empty.next_mailbox;
  UidValidity uid_validity = empty.next_uid_validity;
  for (const auto& [name, use] : kFirstMailboxes) {
    entry.changes.push_back(MailboxCreated{id, name, uid_validity, use});
    entry.changes.push_back(SubscriptionChanged{name, true});
    id = id.next();
    uid_validity = uid_validity.next();
  }
  return entry;
}

void put_new_account(store::Commit& commit, AccountId id, UidValidity first, WallTime now) {
  StoredVersion empty{.version = std::make_shared<Version>(), .chunks = {}, .removed_at = {}};
  empty.version->account = id;
  empty.version->time = now;
  empty.version->next_uid_validity = std::max(first, UidValidity(static_cast<std::uint32_t>(to_seconds(now))));
  empty.version->first_uid_validity = empty.version->next_uid_validity;
  const auto head = encode_head(empty);
  const AccountRow row{.generation = 0, .base_modseq = empty.version->modseq, .head_digest = codec::sha256(head)};
  const auto entry = first_entry(*empty.version, now);
  commit.expect_absent(account_key(id));
  commit.put(account_key(id), encode_account_row(row));
  commit.put(head_key(base_place(id, row)), head);
  commit.put(log_key(id, entry.modseq), encode_entry(entry));
}

ChangeFunction for_one(OneChange function) {
  return [function = std::move(function)](const std::vector<const Version*>& heads,
                                          WallTime now) -> Result<std::vector<Prepared>> {
    auto prepared = function(*heads.front(), now);
    if (!prepared) return fail(prepared);
    std::vector<Prepared> all;
    all.push_back(std::move(*prepared));
    return all;
  };
}

void log_failed_pages(AccountId account, const Error& error) {
  base::log::Line(base::log::warning, "mailstore", "pages.failed")
      .with("account", account.value())
      .with("error", error.text);
}

}  // namespace

std::optional<Placement> OpenMailbox::find(Uid uid) const {
  const auto now = version();
  const Mailbox* mailbox = now->find(id_);
  if (mailbox != nullptr && mailbox->columns)
    if (auto row = mailbox->columns->find(uid)) return row;
  return account_->find_removed(id_, uid);
}

Mailstore::~Mailstore() {
  std::vector<AccountPtr> accounts;
  accounts.reserve(slots_.size());
  for (const auto& [id, slot] : slots_) accounts.push_back(slot.account);
  write_recent(accounts);
}

Result<void> Mailstore::create_account(AccountId id) {
  auto done = create_accounts({id});
  if (!done && done.error().code == Code::conflict) return fail(Code::already_exists, "the account exists");
  return done;
}

Result<void> Mailstore::create_accounts(const std::vector<AccountId>& ids) {
  const auto gone = read_gone_uid_validities(store_);
  if (!gone) return fail(gone);
  store::Commit commit;
  for (const AccountId id : ids) {
    put_new_account(commit, id, gone->next, wall_now());
    if (commit.weight() < kLargestCommit) continue;
    if (auto done = store_.commit(std::exchange(commit, {})); !done) return done;
  }
  return store_.commit(std::move(commit));
}

Result<Mailstore::Slot> Mailstore::load(AccountId id) const {
  const auto view = store_.snapshot();
  const auto start = read_start(*view, id, kNewest);
  if (!start) return fail(start);
  auto version = read_version(*view, id, kNewest);
  if (!version) return fail(version);
  auto recent = read_recent(*view, id);
  if (!recent && recent.error().code == Code::io) return fail(recent);
  if (!recent) {
    base::log::Line(base::log::warning, "mailstore", "recent.ignored")
        .with("account", id.value())
        .with("error", recent.error().text);
    recent.emplace();
  }
  auto account = std::make_shared<Account>(id, std::move(*version), std::move(*recent));
  return Slot{std::move(account), start->stored.version->modseq, steady_now()};
}

std::size_t Mailstore::loaded_accounts() {
  const std::lock_guard lock(mutex_);
  return slots_.size();
}

AccountPtr Mailstore::find_open(AccountId id) {
  const std::lock_guard lock(mutex_);
  const auto it = slots_.find(id);
  if (it == slots_.end()) return nullptr;
  it->second.used = steady_now();
  return it->second.account;
}

Result<AccountPtr> Mailstore::open_now(AccountId id) {
  while (true) {
    if (auto account = find_open(id)) return account;
    std::uint64_t dropped = 0;
    {
      const std::lock_guard lock(mutex_);
      dropped = dropped_;
    }
    auto loaded = load(id);
    if (!loaded) return fail(loaded);
    const std::lock_guard lock(mutex_);
    // Another thread may have been quicker: changes go through the first one only. If that one changed the account and
    // was dropped since, what was loaded here is of yesterday.
    if (dropped == dropped_ || slots_.contains(id))
      return slots_.try_emplace(id, std::move(*loaded)).first->second.account;
  }
}

Task<Result<AccountPtr>> Mailstore::open(AccountId id) {
  if (auto account = find_open(id)) co_return account;
  co_return co_await offload_.run([this, id] { return open_now(id); });
}

Result<OpenMailboxPtr> Mailstore::open_mailbox_now(const AccountPtr& account, MailboxId id) {
  account->hold(id);
  auto open = std::make_shared<OpenMailbox>(account, id);
  while (const auto version = ColumnsLoad::begin(*account, id)) {
    const auto columns = read_mailbox(*store_.snapshot(), account->id(), id, version->modseq);
    ColumnsLoad::finish(*account, id, *version, columns ? std::optional(*columns) : std::nullopt);
    // Unavailable: a new base was switched in meanwhile; a newer version is published by then.
    if (!columns && columns.error().code != Code::unavailable) return fail(columns);
  }
  if (account->published()->find(id) == nullptr) return fail(Code::not_found, "the mailbox does not exist");
  return open;
}

Task<Result<OpenMailboxPtr>> Mailstore::open_mailbox(AccountPtr account, MailboxId id) {
  const auto version = account->published();
  const Mailbox* mailbox = version->find(id);
  if (mailbox == nullptr) co_return fail(Code::not_found, "the mailbox does not exist");
  if (mailbox->columns) {
    account->hold(id);
    auto open = std::make_shared<OpenMailbox>(account, id);
    const auto now = account->published();
    if (const Mailbox* still = now->find(id); still != nullptr && still->columns) co_return open;
  }
  if (net::is_memory_full()) co_return fail(Code::no_memory, "the server is short of memory, please try again later");
  co_return co_await offload_.run([this, account, id] { return open_mailbox_now(account, id); });
}

Task<Result<std::vector<VersionPtr>>> Mailstore::change_all(std::vector<AccountPtr> accounts, ChangeFunction function) {
  using Outcome = Result<std::vector<VersionPtr>>;
  auto* store = &store_;
  // The bridge wants a type with a default; the error stands for none yet.
  struct Slot {
    Outcome outcome = fail(Code::internal, "no answer");
  };
  auto start = [store, &accounts, &function](net::Completion<Slot> completion) {
    Home::change(
        *store, std::move(accounts), std::move(function),
        [completion = std::move(completion)](Outcome outcome) mutable { completion(Slot{std::move(outcome)}); });
  };
  auto slot = co_await net::await_completion<Slot>(std::move(start));
  co_return std::move(slot.outcome);
}

Task<Result<VersionPtr>> Mailstore::change(AccountPtr account, OneChange function) {
  std::vector<AccountPtr> accounts;
  accounts.push_back(std::move(account));
  auto versions = co_await change_all(std::move(accounts), for_one(std::move(function)));
  if (!versions) co_return fail(versions);
  co_return std::move(versions->front());
}

Result<VersionPtr> Mailstore::change_now(const AccountPtr& account, OneChange function) {
  std::promise<Result<std::vector<VersionPtr>>> promise;
  auto outcome = promise.get_future();
  Home::change(store_, {account}, for_one(std::move(function)),
               [&promise](Result<std::vector<VersionPtr>> versions) { promise.set_value(std::move(versions)); });
  auto versions = outcome.get();
  if (!versions) return fail(versions);
  return std::move(versions->front());
}

Result<VersionPtr> Mailstore::change_by_history(const AccountPtr& account,
                                                const std::function<Result<OneChange>(const store::View& view)>& look) {
  const std::lock_guard alone(background_);
  const auto view = store_.snapshot();
  auto function = look(*view);
  if (!function) return fail(function);
  return change_now(account, std::move(*function));
}

void Mailstore::checkpoint(const AccountPtr& account, ModSeq& stored) {
  const auto version = account->published();
  if (version->modseq.value() < stored.value() + options_.entries_a_checkpoint) return;
  const auto view = store_.snapshot();
  auto start = read_start(*view, account->id(), version->modseq);
  auto whole = start ? read_whole(*view, *start, version->modseq) : fail(start);
  const Place place = checkpoint_place(account->id());
  if (!whole && whole.error().code == Code::damaged && start && start->place.table == place.table) {
    start = read_base(*view, account->id());
    whole = start ? read_whole(*view, *start, version->modseq) : fail(start);
  }
  const bool renews = start && start->place.table == place.table;
  const auto done = whole ? write_version(store_, place, **whole, renews ? &start->stored : nullptr) : fail(whole);
  if (done)
    stored = version->modseq;
  else
    base::log::Line(base::log::error, "mailstore", "checkpoint.failed")
        .with("account", account->id().value())
        .with("error", done.error().text);
}

bool Mailstore::tidy() {
  const std::lock_guard alone(background_);
  std::vector<std::pair<AccountId, Slot>> slots;
  {
    const std::lock_guard lock(mutex_);
    slots.assign(slots_.begin(), slots_.end());
  }
  std::vector<AccountPtr> accounts;
  accounts.reserve(slots.size());
  for (const auto& [id, slot] : slots) accounts.push_back(slot.account);
  write_recent(accounts);
  accounts.clear();
  for (auto& [id, slot] : slots) {
    ModSeq stored = slot.checkpoint;
    checkpoint(slot.account, stored);
    slot.account->unload_unheld();
    const std::lock_guard lock(mutex_);
    if (const auto it = slots_.find(id); it != slots_.end()) it->second.checkpoint = stored;
  }
  const bool has_more = write_pages(slots);
  slots.clear();
  drop_unused_since(steady_now() - options_.idle);
  prune_logs();
  sweep();
  return has_more;
}

/// While mail comes in, little of it: that is the time of those who send it.
bool Mailstore::write_pages(const std::vector<std::pair<AccountId, Slot>>& slots) {
  const auto begun = steady_now();
  const auto appended = appended_.load();
  const auto is_busy = [&] { return appended_ - appended > kFewAppended; };
  const auto is_time_over = [&] { return steady_now() - begun > (is_busy() ? kPagesWhileBusy : kPagesAtOnce); };
  bool has_more = false;
  for (const auto& [id, slot] : slots) {
    if (has_more) break;
    const auto end = slot.account->published()->next_email.value() / kEmailsAPage;
    if (end == 0 || (slot.pages && *slot.pages >= end)) continue;
    const auto missing = missing_pages(store_, id, slot.pages.value_or(0), end);
    Result<void> done = missing ? Result<void>() : fail(missing);
    for (std::size_t i = 0; done && i < missing->size() && !has_more; ++i) {
      done = write_page(store_, id, (*missing)[i]);
      has_more = is_time_over();
    }
    if (!done) log_failed_pages(id, done.error());
    if (!done || has_more) continue;  // what is missing is looked for again
    const std::lock_guard lock(mutex_);
    if (const auto it = slots_.find(id); it != slots_.end()) it->second.pages = end;
  }
  return has_more && !is_busy();
}

void Mailstore::write_recent(const std::vector<AccountPtr>& accounts) {
  std::vector<std::pair<AccountPtr, RecentMarks>> taken;
  store::Commit commit;
  const auto write = [&] {
    if (taken.empty()) return;
    const auto done = store_.commit(std::exchange(commit, {}));
    if (!done) {
      base::log::Line(base::log::warning, "mailstore", "recent.not_written").with("error", done.error().text);
      for (const auto& [account, marks] : taken) account->give_back_unwritten(marks);
    }
    taken.clear();
  };
  for (const auto& account : accounts) {
    auto marks = account->take_unwritten_recent();
    if (marks.empty()) continue;
    for (const auto& [mailbox, mark] : marks) commit.put(recent_key(account->id(), mailbox), encode_recent(mark));
    taken.emplace_back(account, std::move(marks));
    if (commit.weight() >= kLargestCommit) write();
  }
  write();
}

void Mailstore::let_go_unused() {
  std::vector<AccountPtr> accounts;
  {
    const std::lock_guard lock(mutex_);
    accounts.reserve(slots_.size());
    for (const auto& [id, slot] : slots_) accounts.push_back(slot.account);
  }
  for (const auto& account : accounts) account->unload_unheld();
  accounts.clear();
  drop_unused_since(steady_now());
}

void Mailstore::drop_unused_since(SteadyTime before) {
  const std::lock_guard lock(mutex_);
  // The last reference is only given away under this lock: nobody can come by another while we look. Changes under way,
  // open mailboxes and reservations hold references of their own.
  dropped_ += std::erase_if(slots_, [&](const auto& entry) {
    const Slot& slot = entry.second;
    return slot.used <= before && slot.account.use_count() == 1 && !slot.account->has_unwritten_recent();
  });
}

std::shared_ptr<const void> Mailstore::hold_bodies() {
  const std::lock_guard alone(background_);  // a sweep that has begun ends before
  return bodies_held_;
}

void Mailstore::sweep() {
  const bool has_room = store_.has_room();
  const Duration grace = has_room ? options_.grace : std::min(options_.grace, kGraceWhenFull);
  const bool is_held = has_room && bodies_held_.use_count() > 1;
  const auto swept = is_held ? Result<store::Swept>(store::Swept()) : store::sweep_doomed(store_, wall_now() - grace);
  const auto done = swept ? store_.collect() : fail(swept);
  if (!done) base::log::Line(base::log::error, "mailstore", "sweep.failed").with("error", done.error().text);
  if (swept && swept->erased + swept->kept != 0)
    base::log::Line(base::log::info, "mailstore", "bodies.swept")
        .with("erased", swept->erased)
        .with("kept", swept->kept);
}

}  // namespace posthorn::mailstore
