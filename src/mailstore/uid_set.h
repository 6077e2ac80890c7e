// A set of UIDs, kept and stored as ascending runs: what a session was told of, what a change concerns.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"

namespace posthorn::mailstore {

class UidSet {
 public:
  struct Run {
    std::uint32_t first;
    std::uint32_t last;  ///< inclusive
    friend bool operator==(const Run&, const Run&) = default;
  };

  UidSet() = default;
  /// From UIDs in any order.
  static UidSet of(std::vector<Uid> uids);

  /// Adds one above all that are in it; the cheap way to build a set.
  void append(Uid uid);
  /// The same for all from `first` up to `last`, which is not below it.
  void append(Uid first, Uid last);
  bool contains(Uid uid) const;
  bool empty() const { return runs_.empty(); }
  /// How many UIDs.
  std::size_t size() const;
  const std::vector<Run>& runs() const { return runs_; }
  std::vector<Uid> to_vector() const;

  /// The UID at 0-based place `n` < size(), and the place of a UID, or size() where it is not in the set. O(runs).
  Uid at(std::size_t n) const;
  std::size_t place_of(Uid uid) const;
  /// Without `uid`; nothing happens if it is not in the set.
  void remove(Uid uid);

  template <class Visit>
  void for_each(Visit visit) const {
    for (const Run& run : runs_)
      for (std::uint64_t u = run.first; u <= run.last; ++u) visit(Uid(static_cast<std::uint32_t>(u)));
  }
  friend bool operator==(const UidSet&, const UidSet&) = default;

 private:
  friend UidSet get_uid_set(ByteReader&);
  std::vector<Run> runs_;
};

/// "1,3:5", as IMAP writes them.
std::string text_of(const UidSet& set);

/// Format: number of runs, then for each the distance from the end of the one before and its length less one; varints.
void put_uid_set(std::string& out, const UidSet& set);
/// A set that does not follow the format sets the reader's error.
UidSet get_uid_set(ByteReader& in);

}  // namespace posthorn::mailstore
