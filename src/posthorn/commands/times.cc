#include "posthorn/commands/times.h"

#include <fmt/chrono.h>

#include "abnf/cursor.h"

namespace posthorn::program {
namespace {

using abnf::Cursor;

/// Exactly `width` digits.
int digits(Cursor& in, std::size_t width) {
  const auto value = parse_decimal<int>(in.take(width));
  if (!value) in.fail("a number is expected");
  return value.value_or(0);
}

WallTime day(Cursor& in) {
  const int y = digits(in, 4);
  in.require_char('-');
  const int m = digits(in, 2);
  in.require_char('-');
  const int d = digits(in, 2);
  const std::chrono::year_month_day date{std::chrono::year(y), std::chrono::month(static_cast<unsigned>(m)),
                                         std::chrono::day(static_cast<unsigned>(d))};
  if (y < 1970 || !date.ok()) in.fail("the calendar has no such day");
  return in.ok() ? WallTime(std::chrono::sys_days(date)) : WallTime();
}

std::chrono::minutes hours_and_minutes(Cursor& in) {
  const int h = digits(in, 2);
  in.require_char(':');
  const int m = digits(in, 2);
  if (h > 23 || m > 59) in.fail("the clock has no such time");
  return std::chrono::hours(h) + std::chrono::minutes(m);
}

std::chrono::seconds seconds(Cursor& in) {
  if (!in.try_char(':')) return {};
  const int s = digits(in, 2);
  if (s > 60) in.fail("the clock has no such time");
  if (in.try_char('.')) in.take_while(is_digit);
  return std::chrono::seconds(s);
}

std::chrono::minutes zone(Cursor& in) {
  if (in.at_end() || in.try_text("Z")) return {};
  const bool is_west = in.try_char('-');
  if (!is_west) in.require_char('+');
  const auto offset = hours_and_minutes(in);
  return is_west ? -offset : offset;
}

WallTime moment(Cursor& in) {
  const auto date = day(in);
  if (in.at_end()) return date;
  if (!in.try_char(' ')) in.require_text("T");
  const auto time = hours_and_minutes(in);
  const auto rest = seconds(in);
  return date + time + rest - zone(in);
}

/// "36h"; nothing where it is something else.
std::optional<Duration> how_long(std::string_view text) {
  if (text.empty() || text.size() > 6) return std::nullopt;
  const auto n = parse_decimal<int>(text.substr(0, text.size() - 1));
  if (!n) return std::nullopt;
  switch (text.back()) {
    case 'm': return std::chrono::minutes(*n);
    case 'h': return std::chrono::hours(*n);
    case 'd': return std::chrono::days(*n);
    default: return std::nullopt;
  }
}

}  // namespace

Result<WallTime> parse_day(std::string_view text) {
  Cursor in(text);
  const auto found = day(in);
  in.require_end();
  if (!in.ok()) return fail(Code::invalid, "a day is expected, such as 2030-12-31");
  return found;
}

Result<WallTime> parse_time(std::string_view text, WallTime now) {
  if (const auto ago = how_long(text)) return now - *ago;
  Cursor in(text);
  const auto found = moment(in);
  in.require_end();
  if (!in.ok())
    return fail(Code::invalid,
                "a time is expected, such as 2026-11-21T14:00:00Z, '2026-11-21 14:00' (UTC), or how long "
                "ago: 90m, 36h, 7d");
  return found;
}

std::string print_time(WallTime time) {
  return fmt::format("{:%Y-%m-%d %H:%M:%S}", fmt::gmtime(static_cast<std::time_t>(to_seconds(time))));
}

}  // namespace posthorn::program
