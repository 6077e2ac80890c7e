// The placements of one mailbox as a value: persistent columns in chunks of at most kChunkRows rows, in UID order.
//
// A change copies the chunks that it touches and the spine, not the rest. Appending is cheaper still: rows are written
// into free room behind those that any value shares, so that only the number of rows differs.
//
// Threads: a value may be read by any thread. append() may be called on one line of descent at a time (the account's
// home sees to it): two values made by appending to the same one must not both live on.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "mailstore/placement.h"
#include "mailstore/uid_set.h"

namespace posthorn::mailstore {

inline constexpr std::uint32_t kChunkRows = 4096;

/// Rows in parallel arrays. Arrays have room for capacity() rows; how many are valid is the business of Columns.
class Chunk {
 public:
  explicit Chunk(std::uint32_t capacity);
  std::uint32_t capacity() const { return static_cast<std::uint32_t>(uids_.size()); }

  Uid uid(std::uint32_t row) const { return Uid(uids_[row]); }
  EmailId email(std::uint32_t row) const { return EmailId(emails_[row]); }
  ModSeq modseq(std::uint32_t row) const { return ModSeq(modseqs_[row]); }
  std::uint8_t system_flags(std::uint32_t row) const { return system_flags_[row]; }
  Placement get(std::uint32_t row) const;
  Flags flags(std::uint32_t row) const;
  void set(std::uint32_t row, const Placement& p);
  void set_flags(std::uint32_t row, const Flags& flags, ModSeq modseq);
  /// Whether set() leaves the arrays where they are, so that others may read the rows before it meanwhile.
  bool can_hold(const Placement& p) const { return p.flags.keywords.empty() || !keywords_.empty(); }

  /// The last ModSeq that changed flags in it; appended and removed rows do not count.
  ModSeq touched() const { return touched_; }
  void set_touched(ModSeq m) { touched_ = m; }
  /// A copy of the first `rows` rows, with room for `capacity`.
  std::shared_ptr<Chunk> copy(std::uint32_t rows, std::uint32_t capacity) const;
  /// First of `rows` rows whose UID is not below `uid`.
  std::uint32_t lower_bound(Uid uid, std::uint32_t rows) const;

 private:
  std::vector<std::uint32_t> uids_;
  std::vector<std::uint64_t> emails_;
  std::vector<std::uint64_t> modseqs_;
  std::vector<std::uint8_t> system_flags_;
  std::vector<std::uint32_t> sizes_;
  std::vector<std::int64_t> received_;
  std::vector<std::int64_t> saved_;
  std::vector<KeywordSet> keywords_;  ///< empty while no row has a keyword
  ModSeq touched_;
};

class Columns {
 public:
  std::uint32_t size() const { return size_; }
  /// The row at 0-based place `n` < size().
  Placement at(std::uint32_t n) const;
  Uid uid_at(std::uint32_t n) const;
  /// The first place whose UID is not below `uid`; size() where there is none.
  std::uint32_t lower_bound(Uid uid) const;
  std::optional<Placement> find(Uid uid) const;
  /// The rows of those UIDs that are here, in UID order.
  std::vector<Placement> find_all(const UidSet& uids) const;
  /// The same, each shown to `visit`.
  template <class Visit>
  void for_each_of(const UidSet& uids, Visit visit) const {
    for (const auto& run : uids.runs())
      for (auto place = lower_bound(Uid(run.first)); place < size(); ++place) {
        const Placement p = at(place);
        if (p.uid.value() > run.last) break;
        visit(p);
      }
  }
  /// Visits the rows of places [from, to) in order.
  void for_each(std::uint32_t from, std::uint32_t to, const std::function<void(const Placement&)>& visit) const;
  UidSet uids() const;
  /// UIDs up to `last` of rows whose ModSeq is above `since`; chunks untouched since are skipped.
  UidSet uids_changed_since(ModSeq since, Uid last = Uid(UINT32_MAX)) const;
  /// The last ModSeq that removed rows.
  ModSeq removed_at() const { return removed_at_; }

  /// A value with `p` behind all others; p.uid is above every UID here.
  Columns append(const Placement& p) const;
  /// A value in which rows of `uids` have `op with` applied and ModSeq `modseq`; UIDs that are not here are passed
  /// over.
  Columns change_flags(const UidSet& uids, FlagsOp op, const Flags& with, ModSeq modseq) const;
  /// A value without the rows of `uids`.
  Columns remove(const UidSet& uids, ModSeq modseq) const;
  /// For restoring a stored value (base.h).
  void set_removed_at(ModSeq m) { removed_at_ = m; }

  // Chunk by chunk, for those who store or scan them.
  std::size_t chunks() const { return spine_ ? spine_->size() : 0; }
  const Chunk* chunk(std::size_t i) const { return (*spine_)[i].chunk.get(); }
  std::uint32_t chunk_start(std::size_t i) const { return (*spine_)[i].start; }
  std::uint32_t chunk_rows(std::size_t i) const;
  /// The one in which the UID is, if it is here; size() is not 0.
  std::size_t chunk_of_uid(Uid uid) const;
  /// Adds a whole chunk behind the others; for restoring a stored value.
  void add_chunk(std::shared_ptr<Chunk> chunk, std::uint32_t rows);

 private:
  struct Entry {
    std::uint32_t start;  ///< place of its first row
    std::shared_ptr<Chunk> chunk;
  };
  using Spine = std::vector<Entry>;

  std::size_t chunk_of(std::uint32_t n) const;
  Columns rebuilt(const std::function<std::shared_ptr<Chunk>(std::size_t chunk, std::uint32_t& rows)>& change) const;

  std::shared_ptr<const Spine> spine_;
  std::uint32_t size_ = 0;
  ModSeq removed_at_;
};

}  // namespace posthorn::mailstore
