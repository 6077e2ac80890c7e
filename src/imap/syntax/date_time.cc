#include "imap/syntax/date_time.h"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <iterator>

namespace posthorn::imap {

using namespace std::chrono;

static constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// Exactly `n` digits.
static unsigned digits(Lexer& in, std::size_t n) {
  const auto text = in.take(n);
  const auto value = parse_decimal<unsigned>(text);
  if (!value) in.fail("a date is expected");
  return value.value_or(0);
}

/// What follows the day: "-" month "-" year.
static year_month_day rest_of_date(Lexer& in, unsigned day_of_month) {
  in.require_char('-');
  const auto name = in.take(3);
  const auto at = std::find_if(kMonths.begin(), kMonths.end(), [&](auto month) { return iequals(month, name); });
  if (at == kMonths.end()) in.fail("a month is expected");
  in.require_char('-');
  const year_month_day date(year(static_cast<int>(digits(in, 4))),
                            month(static_cast<unsigned>(at - kMonths.begin() + 1)), day(day_of_month));
  if (!date.ok()) in.fail("no such day");
  return in.ok() ? date : Date{}.day;
}

Date Date::parse(Lexer& in) {
  const bool is_quoted = in.try_char('"');
  const Date date{rest_of_date(in, digits(in, is_digit(in.peek(1)) ? 2 : 1))};
  if (is_quoted) in.require_char('"');
  return date;
}

static void print_date(std::string& out, const year_month_day& date, std::string_view format) {
  fmt::format_to(std::back_inserter(out), fmt::runtime(format), unsigned{date.day()},
                 kMonths[unsigned{date.month()} - 1], int{date.year()});
}

void Date::print(std::string& out) const { print_date(out, day, "{}-{}-{:04}"); }

static minutes zone_of(Lexer& in) {
  const char sign = in.any_char();
  if (sign != '+' && sign != '-') in.fail("a zone is expected");
  const hours h(digits(in, 2));
  const minutes m(digits(in, 2));
  if (h > hours(23) || m > minutes(59)) in.fail("no such zone");
  return sign == '-' ? -(h + m) : h + m;
}

DateTime DateTime::parse(Lexer& in) {
  in.require_char('"');
  const auto date = rest_of_date(in, digits(in, in.try_char(' ') ? 1 : 2));
  in.sp();
  const hours h(digits(in, 2));
  in.require_char(':');
  const minutes m(digits(in, 2));
  in.require_char(':');
  const seconds s(digits(in, 2));
  if (h > hours(23) || m > minutes(59) || s > seconds(60)) in.fail("no such time");
  in.sp();
  const auto zone = zone_of(in);
  in.require_char('"');
  if (!in.ok()) return {};
  return {sys_days(date) + h + m + s - zone, zone};
}

void DateTime::print(std::string& out) const {
  static constexpr sys_seconds kFirst = sys_days(year(0) / January / 1);
  static constexpr sys_seconds kLast = sys_days(year(9999) / December / 31) + hours(24) - seconds(1);
  const auto local = std::clamp(sys_seconds(floor<seconds>(instant) + zone), kFirst, kLast);
  const auto date = floor<days>(local);
  const hh_mm_ss time(local - date);
  out += '"';
  print_date(out, date, "{:2}-{}-{:04}");
  const auto offset = abs(zone).count();
  fmt::format_to(std::back_inserter(out), " {:02}:{:02}:{:02} {}{:02}{:02}\"", time.hours().count(),
                 time.minutes().count(), time.seconds().count(), zone < minutes(0) ? '-' : '+', offset / 60 % 24,
                 offset % 60);
}

}  // namespace posthorn::imap
