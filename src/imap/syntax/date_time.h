// The two calendar forms of IMAP: the date of SEARCH and the date-time of APPEND and INTERNALDATE (RFC 9051 9).
#pragma once

#include <chrono>
#include <string>

#include "base/clock.h"
#include "imap/syntax/lexer.h"

namespace posthorn::imap {

/// A day that the calendar has, in years 0 to 9999: `1-Feb-1994`.
struct Date {
  std::chrono::year_month_day day{std::chrono::year(1970), std::chrono::January, std::chrono::day(1)};

  /// With or without double quotes, one or two digits for the day.
  static Date parse(Lexer& in);
  void print(std::string& out) const;
  friend bool operator==(const Date&, const Date&) = default;
};

/// An instant, in whole seconds, and the zone in which it is told: `"17-Jul-1996 02:44:25 -0700"`.
struct DateTime {
  WallTime instant{};
  /// East of Greenwich, less than 24 hours either way.
  std::chrono::minutes zone{0};

  /// Second 60 is the first of the next minute.
  static DateTime parse(Lexer& in);
  /// The local date is held within the years 0 to 9999.
  void print(std::string& out) const;
  friend bool operator==(const DateTime&, const DateTime&) = default;
};

}  // namespace posthorn::imap
