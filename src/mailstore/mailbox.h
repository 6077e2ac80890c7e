// A mailbox as a value: what it is, its counters, and, while someone has it open, its placements.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "mailstore/columns.h"

namespace posthorn::mailstore {

/// RFC 6154 special-use attributes, and none. Values are stored.
enum class SpecialUse : std::uint8_t { none, all, archive, drafts, flagged, junk, sent, trash };

/// Another user's own flags on a shared mailbox, for those UIDs where there are any; in UID order.
struct PrivateMark {
  Uid uid;
  std::uint8_t system = 0;
  ModSeq modseq;
  friend bool operator==(const PrivateMark&, const PrivateMark&) = default;
};
using PrivateMarks = std::vector<PrivateMark>;

struct Mailbox {
  MailboxId id;
  std::string name;  ///< UTF-8, levels parted by '/'; "INBOX" in this very spelling
  UidValidity uid_validity;
  Uid uid_next{1};
  SpecialUse special_use = SpecialUse::none;
  WallTime created;

  std::uint32_t messages = 0;
  std::uint32_t unseen = 0;
  std::uint32_t deleted = 0;
  std::uint64_t bytes = 0;
  /// The last ModSeq that touched this mailbox's placements (RFC 7162 HIGHESTMODSEQ).
  ModSeq highest_modseq{1};

  /// Private flags by user, ascending by AccountId.
  std::vector<std::pair<AccountId, std::shared_ptr<const PrivateMarks>>> private_marks;
  /// Set while the mailbox is open.
  std::optional<Columns> columns;
};

/// The marks of `user`, or null where there are none.
inline const PrivateMarks* marks_of(const Mailbox& mailbox, AccountId user) {
  for (const auto& [id, marks] : mailbox.private_marks)
    if (id == user) return marks.get();
  return nullptr;
}

}  // namespace posthorn::mailstore
