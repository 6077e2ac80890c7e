// An account as a value: the fold of its log up to one ModSeq. Published versions are read without a lock.
#pragma once

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "mailstore/keywords.h"
#include "mailstore/mailbox.h"

namespace posthorn::mailstore {

struct Version {
  AccountId account;
  ModSeq modseq;
  WallTime time;            ///< of the last change; never goes back
  std::uint32_t epoch = 1;  ///< raised by a restore from backup: a JMAP state is `epoch.modseq`

  EmailId next_email{1};
  MailboxId next_mailbox{1};
  /// Those that the account has given out itself count from the first up to, and without, the next.
  UidValidity first_uid_validity;
  UidValidity next_uid_validity;
  std::uint64_t bytes = 0;        ///< of all placements; what the quota counts
  std::uint64_t quota_bytes = 0;  ///< 0: no limit

  std::shared_ptr<const KeywordTable> keywords = std::make_shared<KeywordTable>();
  std::shared_ptr<const std::set<std::string>> subscriptions = std::make_shared<std::set<std::string>>();
  std::vector<std::shared_ptr<const Mailbox>> mailboxes;  ///< ascending by id

  const Mailbox* find(MailboxId id) const {
    const auto it =
        std::lower_bound(mailboxes.begin(), mailboxes.end(), id, [](const auto& m, MailboxId i) { return m->id < i; });
    return it != mailboxes.end() && (*it)->id == id ? it->get() : nullptr;
  }
  const Mailbox* find(std::string_view name) const {
    for (const auto& m : mailboxes)
      if (m->name == name) return m.get();
    return nullptr;
  }
};

using VersionPtr = std::shared_ptr<const Version>;

}  // namespace posthorn::mailstore
