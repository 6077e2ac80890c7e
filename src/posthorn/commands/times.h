// Times as operators write and read them. UTC, as the log.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace posthorn::program {

/// "2026-11-21", its beginning. Errors: invalid.
Result<WallTime> parse_day(std::string_view text);
/// "2026-11-21T14:00:00+01:00", also with a space for T, without seconds, without a zone (UTC) or as a day
/// alone; or how long before `now`: "90m", "36h", "7d". Errors: invalid.
Result<WallTime> parse_time(std::string_view text, WallTime now);
/// "2026-11-21 13:00:00"
std::string print_time(WallTime time);

}  // namespace posthorn::program
