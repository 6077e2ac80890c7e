#include "imap/server/recent.h"

namespace posthorn::imap {

/// The first UID that was saved at `start` or later. UIDs rise with the time of saving.
static Uid first_saved_since(const mailstore::Mailbox& mailbox, WallTime start) {
  const auto since = std::chrono::floor<std::chrono::seconds>(start);
  const auto& columns = *mailbox.columns;
  std::uint32_t low = 0, high = columns.size();
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    if (columns.at(middle).saved < since) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low < columns.size() ? columns.uid_at(low) : mailbox.uid_next;
}

Uid& RecentMarks::mark_of(AccountId account, const mailstore::Mailbox& mailbox) {
  const Key key{account, mailbox.id};
  const auto it = marks_.find(key);
  return it != marks_.end() ? it->second : marks_.emplace(key, first_saved_since(mailbox, started_)).first->second;
}

Uid RecentMarks::first_unclaimed(AccountId account, const mailstore::Mailbox& mailbox) {
  const std::lock_guard lock(mutex_);
  return mark_of(account, mailbox);
}

Uid RecentMarks::claim(AccountId account, const mailstore::Mailbox& mailbox) {
  const std::lock_guard lock(mutex_);
  Uid& mark = mark_of(account, mailbox);
  return std::exchange(mark, std::max(mark, mailbox.uid_next));
}

bool RecentMarks::may_have_unclaimed(AccountId account, const mailstore::Mailbox& mailbox) {
  const std::lock_guard lock(mutex_);
  const auto it = marks_.find({account, mailbox.id});
  return mailbox.messages > 0 && (it == marks_.end() || it->second < mailbox.uid_next);
}

}  // namespace posthorn::imap
