#include "message/date_time.h"

#include <fmt/format.h>

#include <array>
#include <chrono>

#include "base/text.h"
#include "message/field_syntax.h"

namespace posthorn::message {
namespace {

constexpr std::array<std::string_view, 12> kMonthNames = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<const char*, 7> kDayNames = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

struct NamedZone {
  std::string_view name;
  int hours;
};
// RFC 5322 4.3. Military letters mean nothing there but Z; all unknown names are UTC.
constexpr std::array<NamedZone, 8> kZones = {
    {{"est", -5}, {"edt", -4}, {"cst", -6}, {"cdt", -5}, {"mst", -7}, {"mdt", -6}, {"pst", -8}, {"pdt", -7}}};

constexpr int kMostZoneMinutes = 24 * 60;

/// The calendar and clock fields as written.
struct Written {
  int day = 0, month = 0, year = -1;
  int hour = 0, minute = 0, second = 0;
  int zone_minutes = 0;
};

std::optional<DateTime> to_date_time(const Written& w) {
  const std::chrono::year_month_day ymd(std::chrono::year(w.year), std::chrono::month(static_cast<unsigned>(w.month)),
                                        std::chrono::day(static_cast<unsigned>(w.day)));
  if (w.year < 1 || w.year > 9999 || !ymd.ok() || w.hour > 23 || w.minute > 59 || w.second > 60) return std::nullopt;
  if (w.zone_minutes <= -kMostZoneMinutes || w.zone_minutes >= kMostZoneMinutes) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(ymd).time_since_epoch().count();
  const std::int64_t seconds = ((days * 24 + w.hour) * 60 + w.minute - w.zone_minutes) * 60 + w.second;
  return DateTime{seconds, w.zone_minutes};
}

int month_of(std::string_view word) {
  for (std::size_t i = 0; i < kMonthNames.size(); ++i)
    if (istarts_with(word, kMonthNames[i])) return static_cast<int>(i) + 1;
  return 0;
}

/// Reads the pieces of a date in whatever order they come.
class DateReader {
 public:
  explicit DateReader(std::string_view s) : s_(s) {}

  std::optional<DateTime> read() {
    while (true) {
      skip_cfws(s_, at_);
      if (at_ == s_.size()) break;
      const char c = s_[at_];
      if (is_digit(c))
        number();
      else if (is_alpha(c))
        word();
      else if ((c == '+' || c == '-') && has_time_)
        zone();
      else
        ++at_;
    }
    return to_date_time(w_);
  }

 private:
  std::string_view take_digits() {
    const std::size_t start = at_;
    while (at_ < s_.size() && is_digit(s_[at_])) ++at_;
    return s_.substr(start, at_ - start);
  }

  void number() {
    const auto digits = take_digits();
    const int value = parse_decimal<int>(digits.substr(0, 5)).value_or(0);
    std::size_t next = at_;
    skip_cfws(s_, next);
    if (next < s_.size() && s_[next] == ':' && !has_time_) return time(value);
    if (w_.day == 0 && digits.size() <= 2) {
      w_.day = value;
    } else if (w_.year < 0) {
      // RFC 5322 4.3 on years of two and three digits
      w_.year = digits.size() == 2 ? value + (value < 50 ? 2000 : 1900) : digits.size() == 3 ? value + 1900 : value;
    }
  }

  void time(int hour) {
    has_time_ = true;
    w_.hour = hour;
    w_.minute = after_colon();
    w_.second = after_colon();
  }

  int after_colon() {
    const std::size_t before = at_;
    skip_cfws(s_, at_);
    if (at_ == s_.size() || s_[at_] != ':') {
      at_ = before;
      return 0;
    }
    skip_cfws(s_, ++at_);
    return parse_decimal<int>(take_digits().substr(0, 4)).value_or(0);
  }

  void word() {
    const std::size_t start = at_;
    while (at_ < s_.size() && is_alpha(s_[at_])) ++at_;
    const auto name = s_.substr(start, at_ - start);
    const int month = w_.month == 0 && name.size() >= 3 ? month_of(name) : 0;
    if (month != 0) w_.month = month;
    if (month != 0 || !has_time_ || has_zone_) return;
    for (const auto& named : kZones)
      if (iequals(name, named.name)) w_.zone_minutes = named.hours * 60;
  }

  void zone() {
    const bool is_west = s_[at_++] == '-';
    const auto digits = take_digits();
    const auto value = parse_decimal<int>(digits);
    if (has_zone_ || digits.size() != 4 || !value || *value % 100 > 59) return;
    has_zone_ = true;
    const int minutes = *value / 100 * 60 + *value % 100;
    w_.zone_minutes = is_west ? -minutes : minutes;
  }

  std::string_view s_;
  std::size_t at_ = 0;
  Written w_;
  bool has_time_ = false;
  bool has_zone_ = false;
};

struct Civil {
  std::chrono::year_month_day day;
  int weekday;
  int hour, minute, second;
  char sign;
  int zone_hours, zone_minutes;
};

Civil civil_of(DateTime date) {
  const std::int64_t day = local_day(date);
  const auto second = static_cast<int>(date.seconds + date.zone_minutes * 60 - day * 86'400);
  const std::chrono::sys_days days{std::chrono::days(day)};
  const int zone = date.zone_minutes < 0 ? -date.zone_minutes : date.zone_minutes;
  return {std::chrono::year_month_day(days),
          static_cast<int>(std::chrono::weekday(days).c_encoding()),
          second / 3600,
          second / 60 % 60,
          second % 60,
          date.zone_minutes < 0 ? '-' : '+',
          zone / 60,
          zone % 60};
}

}  // namespace

std::int64_t local_day(DateTime date) {
  const std::int64_t seconds = date.seconds + date.zone_minutes * 60;
  return (seconds >= 0 ? seconds : seconds - 86'399) / 86'400;
}

std::optional<DateTime> parse_date(std::string_view value) { return DateReader(value).read(); }

std::string print_date(DateTime date) {
  const auto c = civil_of(date);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} {}{:02}{:02}",
                     kDayNames[static_cast<std::size_t>(c.weekday)], static_cast<unsigned>(c.day.day()),
                     kMonthNames[static_cast<unsigned>(c.day.month()) - 1], static_cast<int>(c.day.year()), c.hour,
                     c.minute, c.second, c.sign, c.zone_hours, c.zone_minutes);
}

}  // namespace posthorn::message
