// The one source of time. Tests turn it with TurnedClock; nothing else calls a system clock.
//
// Threads: all functions may be called from any thread.
#pragma once

#include <chrono>
#include <cstdint>

namespace posthorn {
inline namespace base {

/// A point in calendar time, UTC, in microseconds.
using WallTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;
using Duration = std::chrono::microseconds;

/// Meets std's Clock requirements, so that asio's timers wait by it (net/timer.h).
struct SteadyClock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<SteadyClock>;
  static constexpr bool is_steady = true;
  static time_point now();
};
/// A point in monotonic time, for deadlines and intervals.
using SteadyTime = SteadyClock::time_point;

WallTime wall_now();
inline SteadyTime steady_now() { return SteadyClock::now(); }

inline std::int64_t to_micros(WallTime t) { return t.time_since_epoch().count(); }
inline WallTime from_micros(std::int64_t us) { return WallTime(std::chrono::microseconds(us)); }
inline std::int64_t to_seconds(WallTime t) {
  return std::chrono::floor<std::chrono::seconds>(t).time_since_epoch().count();
}
inline WallTime from_seconds(std::int64_t s) { return WallTime(std::chrono::seconds(s)); }

/// While one lives, both clocks stand still and move only by advance(). At most one at a time.
class TurnedClock {
 public:
  explicit TurnedClock(WallTime start);
  ~TurnedClock();
  TurnedClock(const TurnedClock&) = delete;
  TurnedClock& operator=(const TurnedClock&) = delete;

  void advance(Duration by);
  /// Wall time alone jumps, as when an operator sets the clock; may go back.
  void jump_wall(Duration by);
};

/// Whether a TurnedClock lives: timers then poll, because time no longer passes by itself.
bool clock_is_turned();

}  // namespace base
}  // namespace posthorn
