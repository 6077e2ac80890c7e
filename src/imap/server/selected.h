// The open mailbox of a session: what it was told, and the two ways to name a message.
//
// Message numbers exist only here: a command resolves its set once, and from then on speaks of UIDs. Threads: the
// session's.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "imap/syntax/sequence_set.h"
#include "mailstore/mailstore.h"
#include "mailstore/told.h"

namespace posthorn::imap {

/// Messages that follow one another both by number and by UID.
struct Stretch {
  Msn msn;
  Uid uid;
  std::uint32_t count = 0;
  friend bool operator==(const Stretch&, const Stretch&) = default;
};
/// In ascending order.
using Stretches = std::vector<Stretch>;

mailstore::UidSet uids_of(const Stretches& stretches);
/// The same set in the other form.
UidSet to_run_set(const mailstore::UidSet& uids);

/// Goes through the messages of stretches one by one.
class MessageWalk {
 public:
  /// `stretches` outlives it.
  explicit MessageWalk(const Stretches* stretches) : stretches_(stretches) {}

  bool at_end() const { return stretch_ == stretches_->size(); }
  Msn msn() const { return Msn((*stretches_)[stretch_].msn.value() + step_); }
  Uid uid() const { return Uid((*stretches_)[stretch_].uid.value() + step_); }
  void advance() {
    if (++step_ < (*stretches_)[stretch_].count) return;
    step_ = 0;
    ++stretch_;
  }

 private:
  const Stretches* stretches_;
  std::size_t stretch_ = 0;
  std::uint32_t step_ = 0;
};

/// The numbers of messages asked for in ascending order of UIDs, in one pass through the view.
class MsnCursor {
 public:
  /// `told` outlives it.
  explicit MsnCursor(const mailstore::UidSet* told) : told_(told) {}

  /// Msn() where the UID is not in the view.
  Msn find(Uid uid);

 private:
  const mailstore::UidSet* told_;
  std::size_t run_ = 0;
  std::uint32_t before_ = 0;  ///< messages in the runs before
};

class Selected {
 public:
  /// `version` is the mailbox's account as it is told from now on; the mailbox is in it, with its columns.
  Selected(mailstore::OpenMailboxPtr mailbox, const mailstore::Version& version, bool is_read_only);

  const mailstore::OpenMailboxPtr& mailbox() const { return mailbox_; }
  bool is_read_only() const { return is_read_only_; }
  UidValidity uid_validity() const { return uid_validity_; }
  const mailstore::Told& told() const { return told_; }

  /// Code::syntax for a message number that does not exist.
  Result<void> check_numbers(const SequenceSet& set, bool is_uid) const;
  /// Messages of the session's view that `set` names. Errors: as check_numbers().
  Result<Stretches> resolve(const SequenceSet& set, bool is_uid) const;
  /// All messages of the view.
  Stretches all() const;
  /// Those of `uids` that are in the view.
  Stretches stretches_of(const UidSet& uids) const;
  /// What `$` stands for (RFC 5182 2.1); the messages may be gone.
  const UidSet& saved_result() const { return saved_result_; }
  void save_result(UidSet uids) { saved_result_ = std::move(uids); }

  bool is_recent(Uid uid) const { return recent_.contains(uid); }
  /// How many messages of the view are.
  std::uint32_t recent() const;
  /// What nobody has claimed becomes this session's, unless it may not change anything: then it is only shown.
  void claim_recent(const mailstore::Mailbox& mailbox);

  /// Whether update() may have something to tell.
  bool has_news(const mailstore::Version& version, bool may_renumber) const;
  /// As Told::update.
  mailstore::News update(const mailstore::Version& version, bool may_renumber);

  /// How many of the account's keywords the client has heard of (FLAGS).
  std::size_t keywords_told() const { return keywords_told_; }
  void set_keywords_told(std::size_t n) { keywords_told_ = n; }

 private:
  mailstore::OpenMailboxPtr mailbox_;
  mailstore::Told told_;
  UidValidity uid_validity_;
  bool is_read_only_;
  bool holds_back_ = false;
  ModSeq looked_at_;
  std::size_t keywords_told_ = 0;
  UidSet recent_;
  UidSet saved_result_;
};

/// Finds rows by ascending UIDs, those of expunged messages too. Keeps a version alive: not to be held while waiting.
class RowCursor {
 public:
  explicit RowCursor(const mailstore::OpenMailboxPtr& mailbox);

  /// Nothing where the message is gone for good.
  std::optional<mailstore::Placement> find(Uid uid);
  /// Nothing where it was expunged.
  std::optional<mailstore::Placement> find_there(Uid uid);
  const mailstore::KeywordTable& keywords() const { return *version_->keywords; }

 private:
  bool go_to(std::size_t chunk);
  bool seek(Uid uid);

  mailstore::OpenMailboxPtr mailbox_;
  mailstore::VersionPtr version_;
  const mailstore::Columns* columns_ = nullptr;
  // Where the next row is expected.
  const mailstore::Chunk* chunk_ = nullptr;
  std::size_t chunk_number_ = 0;
  std::uint32_t rows_ = 0;
  std::uint32_t row_ = 0;
};

}  // namespace posthorn::imap
