// Dates of header fields, RFC 5322 3.3, read leniently.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace posthorn::message {

/// A moment and the zone in which it was written.
struct DateTime {
  std::int64_t seconds = 0;  ///< since 1970-01-01 UTC; years 1 to 9999
  int zone_minutes = 0;      ///< east of UTC

  friend bool operator==(const DateTime&, const DateTime&) = default;
};

/// RFC 5322 3.3 with 4.3 (named and military zones, years of two and three digits), comments, asctime order, dashes, no
/// seconds, no zone (taken as UTC). Nothing where no day, month and year are found, or one is out of range.
std::optional<DateTime> parse_date(std::string_view value);
/// `Sat, 21 Nov 2026 20:53:13 +0100`.
std::string print_date(DateTime date);

/// The calendar day as written, in days since 1970-01-01: what SEARCH SENTON compares (RFC 9051 6.4.4).
std::int64_t local_day(DateTime date);

}  // namespace posthorn::message
