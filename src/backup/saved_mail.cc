#include "backup/saved_mail.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace posthorn::backup {
namespace {

constexpr std::size_t kBatchesInMemory = 4;

}  // namespace

Result<std::unique_ptr<SavedMail>> SavedMail::open(const Archive& archive, const SavedAccount& saved) {
  const auto bytes = archive.read(saved.record);
  if (!bytes) return fail(bytes);
  const auto account = decode_account(*bytes);
  if (!account) return fail(account);
  const auto name = saved.address.empty() ? fmt::format("account {}", saved.id.value()) : saved.address;
  std::unique_ptr<SavedMail> mail(new SavedMail(archive, name));
  if (auto done = mail->load(*account); !done) return fail(done);
  return mail;
}

Result<void> SavedMail::load(const AccountRecord& account) {
  auto head = mailstore::decode_head(account.head);
  if (!head) return fail(head);
  version_ = std::move(head->version);
  batches_ = account.batches;
  missing_.insert(account.missing.begin(), account.missing.end());
  version_->bytes = 0;
  for (auto& shared : version_->mailboxes) {
    auto mailbox = std::make_shared<mailstore::Mailbox>(*shared);
    mailbox->columns = mailstore::Columns();
    const auto it = std::ranges::find(account.mailboxes, mailbox->id, &std::pair<MailboxId, std::vector<Block>>::first);
    if (it != account.mailboxes.end()) load_blocks(*mailbox, it->second);
    const auto removed = head->removed_at.find(mailbox->id);
    if (removed != head->removed_at.end()) mailbox->columns->set_removed_at(removed->second);
    count(*mailbox);
    version_->bytes += mailbox->bytes;
    shared = std::move(mailbox);
  }
  for (const auto& digest : account.side) {
    const auto bytes = archive_.read(digest);
    auto rows = bytes ? decode_rows(*bytes) : fail(bytes);
    if (rows)
      std::ranges::move(*rows, std::back_inserter(side_));
    else
      lost_lists_.push_back(fmt::format("{}: marks of POP3 and of imports: {}", name_, rows.error().text));
  }
  return {};
}

void SavedMail::load_blocks(mailstore::Mailbox& mailbox, const std::vector<Block>& blocks) {
  Uid last;
  for (const auto& block : blocks) {
    const auto bytes = archive_.read(block.digest);
    const auto placements = bytes ? decode_block(*bytes) : fail(bytes);
    if (!placements) {
      lost_lists_.push_back(fmt::format("{}: {}: what is under UIDs {} to {}: {}", name_, mailbox.name,
                                        std::max(1U, block.number * kBlockUids),
                                        block.number * kBlockUids + kBlockUids - 1, placements.error().text));
      continue;
    }
    for (const auto& placement : *placements) {
      if (placement.uid <= last || placement.uid >= mailbox.uid_next) continue;
      last = placement.uid;
      mailbox.columns = mailbox.columns->append(placement);
    }
  }
}

void SavedMail::count(mailstore::Mailbox& mailbox) {
  mailbox.messages = mailbox.columns->size();
  mailbox.unseen = mailbox.deleted = 0;
  mailbox.bytes = 0;
  mailbox.columns->for_each(0, mailbox.columns->size(), [&](const mailstore::Placement& p) {
    mailbox.unseen += !p.flags.has(mailstore::kSeen);
    mailbox.deleted += p.flags.has(mailstore::kDeleted);
    mailbox.bytes += p.size;
  });
}

std::vector<EmailId> SavedMail::emails() const {
  std::vector<EmailId> all;
  for (const auto& mailbox : version_->mailboxes)
    mailbox->columns->for_each(0, mailbox->columns->size(),
                               [&](const mailstore::Placement& p) { all.push_back(p.email); });
  std::ranges::sort(all);
  all.erase(std::ranges::unique(all).begin(), all.end());
  return all;
}

Result<const SavedMail::Emails*> SavedMail::batch_of(EmailId id) {
  const auto it = std::ranges::lower_bound(batches_, id, {}, &Batch::last);
  if (it == batches_.end() || id < it->first) return fail(Code::not_found, "the backup does not have it");
  const auto number = static_cast<std::size_t>(it - batches_.begin());
  if (const auto known = read_.find(number); known != read_.end()) return &known->second;
  const auto bytes = archive_.read(it->rows);
  auto emails = bytes ? decode_emails(*bytes) : fail(bytes);
  if (!emails) return fail(emails);
  if (read_.size() >= kBatchesInMemory) read_.erase(read_.begin());
  return &read_.insert_or_assign(number, std::move(*emails)).first->second;
}

Result<std::string> SavedMail::email_row(EmailId id) {
  if (const auto why = missing_.find(id); why != missing_.end())
    return fail(Code::not_found, "it could not be copied: " + why->second);
  const auto batch = batch_of(id);
  if (!batch) return fail(batch);
  const auto row = std::ranges::lower_bound(**batch, id, {}, &std::pair<EmailId, std::string>::first);
  if (row == (*batch)->end() || row->first != id) return fail(Code::not_found, "the backup does not have it");
  return row->second;
}

void SavedMail::take_out_lost() {
  if (gone_.empty()) return;
  for (auto& shared : version_->mailboxes) {
    std::vector<Uid> uids;
    shared->columns->for_each(0, shared->columns->size(), [&](const mailstore::Placement& p) {
      const auto why = gone_.find(p.email);
      if (why == gone_.end()) return;
      uids.push_back(p.uid);
      lost_[{shared->name, why->second}].push_back(p.uid);
    });
    if (uids.empty()) continue;
    auto mailbox = std::make_shared<mailstore::Mailbox>(*shared);
    version_->bytes -= mailbox->bytes;
    mailbox->columns = mailbox->columns->remove(mailstore::UidSet::of(std::move(uids)), mailbox->columns->removed_at());
    count(*mailbox);
    version_->bytes += mailbox->bytes;
    shared = std::move(mailbox);
  }
  gone_.clear();
}

std::vector<std::string> SavedMail::lost() const {
  auto lines = lost_lists_;
  for (const auto& [place, uids] : lost_) {
    lines.push_back(
        fmt::format("{}: {}: UID {}: {}", name_, place.first, text_of(mailstore::UidSet::of(uids)), place.second));
  }
  return lines;
}

Result<SavedAccount> find_account(const NamedPoint& point, const std::string& address) {
  const auto it = std::ranges::find(point.point.accounts, address, &SavedAccount::address);
  if (it != point.point.accounts.end() && !address.empty()) return *it;
  return fail(Code::not_found,
              fmt::format("there is no account {} in the backup of {}", printable(address), point.name));
}

}  // namespace posthorn::backup
