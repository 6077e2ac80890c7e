// A set of message numbers kept as sorted runs: what a sequence-set comes to once `*` is known, and the uid-set of
// COPYUID, APPENDUID and VANISHED (RFC 4315 4, RFC 7162 3.2.10).
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/id.h"
#include "imap/syntax/lexer.h"
#include "imap/syntax/printer.h"

namespace posthorn::imap {

/// N is Uid or Msn. Runs are sorted, neither overlap nor touch, and never hold 0.
template <class N>
class RunSet {
 public:
  struct Run {
    N first;
    N last;
    friend bool operator==(const Run&, const Run&) = default;
  };

  RunSet() = default;
  /// Of runs in any order that may overlap; one whose ends are swapped is turned round. O(n log n).
  static RunSet from_runs(std::vector<Run> runs) {
    for (auto& run : runs)
      if (run.last < run.first) std::swap(run.first, run.last);
    std::sort(runs.begin(), runs.end(), [](const Run& a, const Run& b) { return a.first < b.first; });
    RunSet set;
    for (const auto& run : runs) set.append(run.first, run.last);
    return set;
  }

  bool empty() const { return runs_.empty(); }
  /// How many numbers.
  std::uint64_t size() const {
    std::uint64_t n = 0;
    for (const auto& run : runs_) n += std::uint64_t{run.last.value()} - run.first.value() + 1;
    return n;
  }
  bool contains(N n) const {
    const auto after = first_after(n);
    return after != runs_.begin() && n <= std::prev(after)->last;
  }
  const std::vector<Run>& runs() const { return runs_; }

  /// Adds one number, in O(1) where none is greater.
  void add(N n) { add(n, n); }
  /// Adds `first` up to `last`, which must not be less.
  void add(N first, N last) {
    if (runs_.empty() || runs_.back().first <= first) return append(first, last);
    auto runs = std::move(runs_);
    runs.push_back({first, last});
    *this = from_runs(std::move(runs));
  }
  void add(const RunSet& other) {
    auto runs = std::move(runs_);
    runs.insert(runs.end(), other.runs_.begin(), other.runs_.end());
    *this = from_runs(std::move(runs));
  }

  /// What is in both, in O(runs).
  RunSet intersected(const RunSet& other) const {
    RunSet both;
    auto theirs = other.runs_.begin();
    for (const auto& run : runs_) {
      while (theirs != other.runs_.end() && theirs->last < run.first) ++theirs;
      for (auto t = theirs; t != other.runs_.end() && t->first <= run.last; ++t)
        both.append(std::max(run.first, t->first), std::min(run.last, t->last));
    }
    return both;
  }

  /// What is in this set and not in the other, in O(runs).
  RunSet without(const RunSet& other) const {
    RunSet rest;
    auto theirs = other.runs_.begin();
    for (const auto& run : runs_) {
      N next = run.first;
      bool is_over = false;
      while (theirs != other.runs_.end() && theirs->last < run.first) ++theirs;
      for (auto t = theirs; !is_over && t != other.runs_.end() && t->first <= run.last; ++t) {
        if (next < t->first) rest.append(next, N(t->first.value() - 1));
        is_over = t->last >= run.last;
        next = t->last.next();
      }
      if (!is_over) rest.append(next, run.last);
    }
    return rest;
  }

  /// Calls `visit(N)` in ascending order. A set may hold 2^32 numbers: intersect with what exists first.
  template <class Visit>
  void for_each(Visit visit) const {
    for (const auto& run : runs_)
      for (N n = run.first;; n = n.next()) {
        visit(n);
        if (n == run.last) break;
      }
  }

  /// uid-set (RFC 4315 4): "1:3,5". Order and repetition are lost. `*` is an error.
  static RunSet parse(Lexer& in) {
    std::vector<Run> runs;
    do {
      const N first(in.nz_number());
      runs.push_back({first, in.try_char(':') ? N(in.nz_number()) : first});
    } while (in.try_char(','));
    return in.ok() ? from_runs(std::move(runs)) : RunSet();
  }
  /// Prints nothing for the empty set, which has no form by wire.
  void print(std::string& out) const {
    bool first = true;
    for (const auto& run : runs_) {
      if (!first) out += ',';
      first = false;
      print_number(out, run.first.value());
      if (run.first == run.last) continue;
      out += ':';
      print_number(out, run.last.value());
    }
  }

  friend bool operator==(const RunSet&, const RunSet&) = default;

 private:
  typename std::vector<Run>::const_iterator first_after(N n) const {
    return std::upper_bound(runs_.begin(), runs_.end(), n, [](N a, const Run& run) { return a < run.first; });
  }

  /// No run starts after `first`.
  void append(N first, N last) {
    if (runs_.empty() || (runs_.back().last < first && runs_.back().last.next() < first)) {
      runs_.push_back({first, last});
    } else {
      runs_.back().last = std::max(runs_.back().last, last);
    }
  }

  std::vector<Run> runs_;
};

using UidSet = RunSet<Uid>;
using MsnSet = RunSet<Msn>;

}  // namespace posthorn::imap
