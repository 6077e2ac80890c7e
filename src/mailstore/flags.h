// Flags of a placement: the system flags of RFC 9051 2.3.2 and keywords, which are ids in their account's table.
// \Recent is none of them (recent.h).
#pragma once

#include <array>
#include <bit>
#include <cstdint>

namespace posthorn::mailstore {

/// Bits of Flags::system. Their values are stored: never change them.
enum SystemFlag : std::uint8_t { kSeen = 1, kAnswered = 2, kFlagged = 4, kDeleted = 8, kDraft = 16 };

/// Place of a keyword in its account's table (keywords.h).
using KeywordId = std::uint16_t;
/// The most keywords an account may ever define; an id is never used again.
inline constexpr std::size_t kMostKeywords = 256;

/// A set of keyword ids.
class KeywordSet {
 public:
  bool has(KeywordId id) const { return (words_[id / 64] >> (id % 64)) & 1; }
  void add(KeywordId id) { words_[id / 64] |= std::uint64_t{1} << (id % 64); }
  void remove(KeywordId id) { words_[id / 64] &= ~(std::uint64_t{1} << (id % 64)); }
  bool empty() const { return *this == KeywordSet(); }

  KeywordSet& operator|=(const KeywordSet& o) {
    return each(o, [](auto a, auto b) { return a | b; });
  }
  KeywordSet& operator&=(const KeywordSet& o) {
    return each(o, [](auto a, auto b) { return a & b; });
  }
  KeywordSet& operator-=(const KeywordSet& o) {
    return each(o, [](auto a, auto b) { return a & ~b; });
  }
  friend bool operator==(const KeywordSet&, const KeywordSet&) = default;

  /// Calls visit(id) for each, in the order of ids.
  template <class Visit>
  void for_each(Visit visit) const {
    for (std::size_t w = 0; w < words_.size(); ++w)
      for (std::uint64_t rest = words_[w]; rest != 0; rest &= rest - 1)
        visit(static_cast<KeywordId>(w * 64 + static_cast<std::size_t>(std::countr_zero(rest))));
  }
  std::array<std::uint64_t, kMostKeywords / 64>& words() { return words_; }
  const std::array<std::uint64_t, kMostKeywords / 64>& words() const { return words_; }

 private:
  template <class Combine>
  KeywordSet& each(const KeywordSet& o, Combine combine) {
    for (std::size_t w = 0; w < words_.size(); ++w) words_[w] = combine(words_[w], o.words_[w]);
    return *this;
  }
  std::array<std::uint64_t, kMostKeywords / 64> words_{};
};

struct Flags {
  std::uint8_t system = 0;
  KeywordSet keywords;

  bool has(SystemFlag f) const { return (system & f) != 0; }
  bool empty() const { return system == 0 && keywords.empty(); }
  friend bool operator==(const Flags&, const Flags&) = default;
};

/// STORE's three ways, RFC 9051 6.4.6.
enum class FlagsOp : std::uint8_t { replace = 0, add = 1, remove = 2 };

inline Flags apply(Flags to, FlagsOp op, const Flags& with) {
  switch (op) {
    case FlagsOp::replace: return with;
    case FlagsOp::add:
      to.system |= with.system;
      to.keywords |= with.keywords;
      return to;
    case FlagsOp::remove:
      to.system = static_cast<std::uint8_t>(to.system & ~with.system);
      to.keywords -= with.keywords;
      return to;
  }
  return to;
}

}  // namespace posthorn::mailstore
