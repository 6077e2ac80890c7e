// What can happen to an account: the typed changes of a log entry. Each holds all that the fold needs, so that folding
// an entry gives the same on every node and at every time.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "mailstore/mailbox.h"
#include "mailstore/placement.h"
#include "mailstore/uid_set.h"

namespace posthorn::mailstore {

struct MailboxCreated {
  MailboxId mailbox;
  std::string name;
  UidValidity uid_validity;
  SpecialUse special_use = SpecialUse::none;
  friend bool operator==(const MailboxCreated&, const MailboxCreated&) = default;
};
struct MailboxRenamed {
  MailboxId mailbox;
  std::string name;
  friend bool operator==(const MailboxRenamed&, const MailboxRenamed&) = default;
};
/// With all its placements.
struct MailboxDeleted {
  MailboxId mailbox;
  friend bool operator==(const MailboxDeleted&, const MailboxDeleted&) = default;
};
struct SubscriptionChanged {
  std::string name;
  bool subscribed = false;
  friend bool operator==(const SubscriptionChanged&, const SubscriptionChanged&) = default;
};
/// The keyword gets the next id.
struct KeywordDefined {
  std::string name;
  friend bool operator==(const KeywordDefined&, const KeywordDefined&) = default;
};
/// A placement under the mailbox's next UID or one above it; its ModSeq is the entry's. A new email counts
/// next_email up.
struct Added {
  MailboxId mailbox;
  Placement placement;
  bool new_email = false;
  friend bool operator==(const Added&, const Added&) = default;
};
/// Only UIDs whose flags really change are named.
struct FlagsChanged {
  MailboxId mailbox;
  UidSet uids;
  FlagsOp op = FlagsOp::replace;
  Flags flags;
  std::int32_t unseen = 0;  ///< by how much the counters change
  std::int32_t deleted = 0;
  friend bool operator==(const FlagsChanged&, const FlagsChanged&) = default;
};
struct Expunged {
  MailboxId mailbox;
  UidSet uids;
  std::uint32_t unseen = 0;  ///< how many of them were counted so
  std::uint32_t deleted = 0;
  std::uint64_t bytes = 0;
  friend bool operator==(const Expunged&, const Expunged&) = default;
};
/// Another user's own system flags on this account's mailbox: `system` becomes theirs on all of `uids`.
struct PrivateFlagsChanged {
  AccountId user;
  MailboxId mailbox;
  UidSet uids;
  std::uint8_t system = 0;
  friend bool operator==(const PrivateFlagsChanged&, const PrivateFlagsChanged&) = default;
};
struct QuotaSet {
  std::uint64_t bytes = 0;
  friend bool operator==(const QuotaSet&, const QuotaSet&) = default;
};
struct SpecialUseSet {
  MailboxId mailbox;
  SpecialUse special_use = SpecialUse::none;
  friend bool operator==(const SpecialUseSet&, const SpecialUseSet&) = default;
};
/// A restore from backup: every UIDVALIDITY is drawn anew, counting from `next_uid_validity`.
struct EpochRaised {
  UidValidity next_uid_validity;
  friend bool operator==(const EpochRaised&, const EpochRaised&) = default;
};

/// The mailbox goes on with the numbers of the server that it came from: its UIDVALIDITY, and a UIDNEXT not below its
/// own. Another UIDVALIDITY than it has is either above all that the account has given out, or below the first of them
/// and the mailbox never had a message.
struct UidsTakenOver {
  MailboxId mailbox;
  UidValidity uid_validity;
  Uid uid_next{1};
  friend bool operator==(const UidsTakenOver&, const UidsTakenOver&) = default;
};

using Change =
    std::variant<MailboxCreated, MailboxRenamed, MailboxDeleted, SubscriptionChanged, KeywordDefined, Added,
                 FlagsChanged, Expunged, PrivateFlagsChanged, QuotaSet, SpecialUseSet, EpochRaised, UidsTakenOver>;

/// One change of an account, in force whole or not at all.
struct LogEntry {
  ModSeq modseq;
  WallTime time;
  std::vector<Change> changes;
  friend bool operator==(const LogEntry&, const LogEntry&) = default;
};

}  // namespace posthorn::mailstore
