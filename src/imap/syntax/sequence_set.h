// sequence-set as a client writes it, `*` still open (RFC 9051 9, seq-range; RFC 5182 for `$`).
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "imap/syntax/lexer.h"
#include "imap/syntax/run_set.h"

namespace posthorn::imap {

/// Normalised while it is read: sorted runs of what is written out, and the one run that ends in `*`. Whether the
/// numbers are UIDs or message numbers is the command's to know: resolve() takes the type of its argument.
class SequenceSet {
 public:
  SequenceSet() = default;
  /// Numbers written out, for a client.
  explicit SequenceSet(UidSet numbers) : written_(std::move(numbers)) {}

  /// `$`: the messages that SEARCH RETURN (SAVE) remembered belong to the set as well; the caller adds them.
  bool uses_saved_result() const { return saved_; }
  /// The largest number written out, 0 for none. A message number above EXISTS is an error (RFC 9051 9, seq-number),
  /// a UID that does not exist is not (RFC 9051 6.4.9).
  std::uint32_t largest_written() const { return written_.empty() ? 0 : written_.runs().back().last.value(); }

  /// The numbers from 1 to `largest`, which stands for `*`; "5:*" with a `largest` of 3 holds 3. Without any message,
  /// that is where `largest` is 0, the set is empty.
  template <class N>
  RunSet<N> resolve(N largest) const {
    std::vector<typename RunSet<N>::Run> runs;
    for (const auto& run : written_.runs()) {
      if (run.first.value() > largest.value()) break;
      runs.push_back({N(run.first.value()), std::min(N(run.last.value()), largest)});
    }
    if (open_from_ && !largest.is_zero()) runs.push_back({std::min(N(*open_from_), largest), largest});
    return RunSet<N>::from_runs(std::move(runs));
  }
  /// Whether `n`, which is at most `largest`, belongs to the set.
  template <class N>
  bool contains(N n, N largest) const {
    if (n.is_zero() || largest < n) return false;
    return written_.contains(Uid(n.value())) || (open_from_ && std::min(N(*open_from_), largest) <= n);
  }

  static SequenceSet parse(Lexer& in);
  void print(std::string& out) const;

  friend bool operator==(const SequenceSet&, const SequenceSet&) = default;

 private:
  UidSet written_;
  /// The least n of all "n:*"; the largest 32-bit number for a lone `*`, which resolves to the same.
  std::optional<std::uint32_t> open_from_;
  bool saved_ = false;
};

}  // namespace posthorn::imap
