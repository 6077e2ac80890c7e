// Strong types for numbers that get mixed up. They compare, print by value(), and count up, but do not convert.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace posthorn {
inline namespace base {

template <class Tag, class Rep>
class StrongNumber {
 public:
  using rep = Rep;
  constexpr StrongNumber() = default;
  constexpr explicit StrongNumber(Rep value) : value_(value) {}
  constexpr Rep value() const { return value_; }
  constexpr StrongNumber next() const { return StrongNumber(static_cast<Rep>(value_ + 1)); }
  constexpr bool is_zero() const { return value_ == 0; }
  friend constexpr auto operator<=>(StrongNumber, StrongNumber) = default;

 private:
  Rep value_ = 0;
};

/// An account, for ever: never reused, not made from a name. 0 is none.
using AccountId = StrongNumber<struct AccountIdTag, std::uint32_t>;
/// A mailbox within its account, for ever (RFC 8474 MAILBOXID). 0 is none.
using MailboxId = StrongNumber<struct MailboxIdTag, std::uint32_t>;
/// An email within its account (RFC 8474 EMAILID). 0 is none.
using EmailId = StrongNumber<struct EmailIdTag, std::uint64_t>;
/// A thread within its account (RFC 8474 THREADID). 0 is none.
using ThreadId = StrongNumber<struct ThreadIdTag, std::uint64_t>;
/// RFC 9051 2.3.1.1. 0 is none.
using Uid = StrongNumber<struct UidTag, std::uint32_t>;
/// RFC 9051 2.3.1.1; nonzero where it exists.
using UidValidity = StrongNumber<struct UidValidityTag, std::uint32_t>;
/// Message sequence number, RFC 9051 2.3.1.2: 1-based place in a session's view.
using Msn = StrongNumber<struct MsnTag, std::uint32_t>;
/// Number of a change in an account's log (RFC 7162 mod-sequence). 0 is before the first.
using ModSeq = StrongNumber<struct ModSeqTag, std::uint64_t>;

}  // namespace base
}  // namespace posthorn

template <class Tag, class Rep>
struct std::hash<posthorn::StrongNumber<Tag, Rep>> {
  std::size_t operator()(posthorn::StrongNumber<Tag, Rep> n) const noexcept { return std::hash<Rep>{}(n.value()); }
};
