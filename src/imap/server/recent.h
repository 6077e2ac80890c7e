// \Recent (RFC 3501 2.3.2): the first session that is told of a message claims it. One high-water UID a mailbox; no log
// row, as it is nobody's mail.
//
// What the program has not seen claimed since it started is recent if it came after the start: across a restart a
// message may lose its \Recent, but a mailbox never looks new as a whole.
//
// Threads: any.
#pragma once

#include <map>
#include <mutex>
#include <utility>

#include "base/clock.h"
#include "mailstore/mailbox.h"

namespace posthorn::imap {

class RecentMarks {
 public:
  /// The first UID of `mailbox`, which has its columns, that nobody has claimed.
  Uid first_unclaimed(AccountId account, const mailstore::Mailbox& mailbox);
  /// The same, and from now on all that is there is claimed by the caller.
  Uid claim(AccountId account, const mailstore::Mailbox& mailbox);
  /// Whether anything in `mailbox`, which need not have its columns, may be unclaimed.
  bool may_have_unclaimed(AccountId account, const mailstore::Mailbox& mailbox);

 private:
  using Key = std::pair<AccountId, MailboxId>;
  Uid& mark_of(AccountId account, const mailstore::Mailbox& mailbox);

  const WallTime started_ = wall_now();
  std::mutex mutex_;
  std::map<Key, Uid> marks_;
};

}  // namespace posthorn::imap
