#include "pop3/maildrop.h"

#include "mailstore/copy.h"
#include "mailstore/expunge.h"
#include "mailstore/mailboxes.h"
#include "mailstore/set_flags.h"

namespace posthorn::pop3 {
namespace {

constexpr std::string_view kInbox = "INBOX";

mailstore::UidSet set_of(const std::set<Uid>& uids) {
  mailstore::UidSet set;
  for (const Uid uid : uids) set.append(uid);
  return set;
}

}  // namespace

Result<std::unique_ptr<Maildrop>> Maildrop::open(mailstore::Mailstore* mailstore, Opened opened, bool is_recent) {
  auto version = opened.account->published();
  const auto* inbox = version->find(kInbox);
  if (inbox == nullptr) return base::fail(Code::not_found, "there is no INBOX");
  const MailboxId id = inbox->id;
  std::unique_ptr<Maildrop> maildrop(new Maildrop(mailstore, std::move(opened), std::move(version), id));
  maildrop->is_filtered_ = is_recent;
  return maildrop;
}

Task<Result<Maildrop::Figures>> Maildrop::count() {
  const auto* inbox = opened_->find(inbox_);
  if (!is_loaded_ && !is_filtered_) co_return Figures{inbox->messages, inbox->bytes};
  if (const auto loaded = co_await load(); !loaded) co_return base::fail(loaded);
  Figures figures{size(), shown_octets_};
  for (const Uid uid : deleted_) {
    --figures.messages;
    figures.octets -= columns_.find(uid)->size;
  }
  co_return figures;
}

Task<Result<void>> Maildrop::load() {
  if (is_loaded_) co_return Result<void>();
  auto opened = co_await mailstore_->open_mailbox(account_, inbox_);
  if (!opened) co_return base::fail(opened);
  const auto version = (*opened)->version();  // others publish newer ones while the marks are read
  const auto* inbox = version->find(inbox_);
  if (inbox == nullptr || !inbox->columns) co_return base::fail(Code::not_found, "the INBOX is gone");
  const auto& store = mailstore_->store();
  auto marks =
      co_await mailstore_->offload().run([&] { return mailstore::read_pop3_marks(store, account_->id(), inbox_); });
  if (!marks) co_return base::fail(marks);
  open_ = std::move(*opened);
  columns_ = *inbox->columns;
  marks_ = std::move(*marks);
  shown_ = columns_.lower_bound(opened_->find(inbox_)->uid_next);
  const WallTime since = wall_now() - kRecent;
  columns_.for_each(0, shown_, [&, place = std::uint32_t{0}](const mailstore::Placement& row) mutable {
    const bool is_shown = !is_filtered_ || row.received >= since;
    if (is_shown) shown_octets_ += row.size;
    if (is_filtered_ && is_shown) places_.push_back(place);
    ++place;
  });
  is_loaded_ = true;
  co_return co_await erase_stale_marks();
}

mailstore::Placement Maildrop::row(std::uint32_t number) const {
  return columns_.at(is_filtered_ ? places_[number - 1] : number - 1);
}

std::optional<mailstore::Placement> Maildrop::find(std::uint32_t number) const {
  if (number == 0 || number > size()) return std::nullopt;
  const auto message = row(number);
  if (deleted_.contains(message.uid)) return std::nullopt;
  return message;
}

std::string Maildrop::unique_id(const mailstore::Placement& message) const {
  const auto known = marks_.unique_ids.find(message.uid);
  if (known != marks_.unique_ids.end()) return known->second;
  return mailstore::default_unique_id(opened_->find(inbox_)->uid_validity, message.uid);
}

Task<Result<std::size_t>> Maildrop::update() {
  if (!deleted_.empty())
    if (const auto removed = co_await remove(set_of(deleted_)); !removed) co_return base::fail(removed);
  const auto kept = co_await keep_retrieved();
  if (!kept) co_return base::fail(kept);
  co_return deleted_.size();
}

Task<Result<void>> Maildrop::keep_retrieved() {
  if (!is_loaded_ || retrieved_.empty()) co_return Result<void>();
  const auto seen = co_await mailstore::set_flags(mailstore_, open_,
                                                  {.uids = set_of(retrieved_),
                                                   .op = mailstore::FlagsOp::add,
                                                   .flags = {mailstore::kSeen, {}},
                                                   .unchanged_since = {}});
  if (!seen) co_return base::fail(seen);
  if (rules_.days_after_retr == 0) co_return Result<void>();
  store::Commit commit;
  for (const Uid uid : retrieved_)
    if (!deleted_.contains(uid) && !marks_.retrieved.contains(uid))
      mailstore::put_pop3_retrieved(commit, account_->id(), inbox_, uid, wall_now());
  co_return co_await write(std::move(commit));
}

Task<Result<void>> Maildrop::expire() {
  if (rules_.days_after_retr == 0) co_return Result<void>();
  if (const auto loaded = co_await load(); !loaded) co_return loaded;
  const WallTime before = wall_now() - std::chrono::days(rules_.days_after_retr);
  mailstore::UidSet old;
  for (const auto& [uid, time] : marks_.retrieved)
    if (time <= before && columns_.find(uid)) old.append(uid);
  if (!old.empty())
    if (const auto removed = co_await remove(std::move(old)); !removed) co_return removed;
  // What is shown is what is left.
  opened_ = account_->published();
  is_loaded_ = false;
  places_.clear();
  shown_octets_ = 0;
  co_return Result<void>();
}

void Maildrop::erase_marks(store::Commit& commit, Uid uid) const {
  if (marks_.unique_ids.contains(uid) || marks_.retrieved.contains(uid))
    mailstore::erase_pop3_marks(commit, account_->id(), inbox_, uid);
}

/// Of messages that others have removed.
Task<Result<void>> Maildrop::erase_stale_marks() {
  store::Commit stale;
  const auto erase_if_gone = [&](Uid uid) {
    if (!columns_.find(uid)) erase_marks(stale, uid);
  };
  for (const auto& [uid, id] : marks_.unique_ids) erase_if_gone(uid);
  for (const auto& [uid, time] : marks_.retrieved) erase_if_gone(uid);
  co_return co_await write(std::move(stale));
}

Task<Result<MailboxId>> Maildrop::target(mailstore::SpecialUse use, std::string name) {
  const auto version = account_->published();
  for (const auto& mailbox : version->mailboxes)
    if (mailbox->special_use == use) co_return mailbox->id;
  if (const auto* mailbox = version->find(name)) co_return mailbox->id;
  co_return co_await mailstore::create_mailbox(mailstore_, account_, std::move(name), use);
}

Task<Result<void>> Maildrop::remove(mailstore::UidSet uids) {
  store::Commit gone;
  uids.for_each([&](Uid uid) { erase_marks(gone, uid); });
  if (rules_.dele == Rules::Dele::remove) {
    const auto removed = co_await mailstore::remove_messages(mailstore_, open_, std::move(uids));
    if (!removed) co_return base::fail(removed);
    co_return co_await write(std::move(gone));
  }
  const bool is_archive = rules_.dele == Rules::Dele::archive;
  const auto to = co_await target(is_archive ? mailstore::SpecialUse::archive : mailstore::SpecialUse::trash,
                                  is_archive ? "Archive" : "Trash");
  if (!to) co_return base::fail(to);
  const auto moved = co_await mailstore::copy(mailstore_, open_, std::move(uids), account_, *to, true);
  if (!moved) co_return base::fail(moved);
  co_return co_await write(std::move(gone));
}

Task<Result<void>> Maildrop::write(store::Commit commit) {
  if (commit.rows.empty()) co_return Result<void>();
  auto& store = mailstore_->store();
  co_return co_await mailstore_->offload().run([&] { return store.commit(std::move(commit)); });
}

}  // namespace posthorn::pop3
