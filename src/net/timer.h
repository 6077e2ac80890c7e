// Waiting for the clock of base/clock.h, which tests can turn.
#pragma once

#include <algorithm>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/wait_traits.hpp>

#include "base/clock.h"
#include "net/task.h"

namespace posthorn::net {

/// While the clock is turned, time does not pass by itself: a real wait is cut short to look at the clock again.
struct TurnableWait {
  static SteadyClock::duration to_wait_duration(const SteadyClock::duration& d) {
    return clock_is_turned() ? std::min<SteadyClock::duration>(d, std::chrono::milliseconds(2)) : d;
  }
  static SteadyClock::duration to_wait_duration(const SteadyTime& t) {
    return to_wait_duration(t - SteadyClock::now());
  }
};

using Timer = boost::asio::basic_waitable_timer<SteadyClock, TurnableWait>;

/// Suspends for `by`; a cancelled task throws.
Task<> sleep_for(Duration by);
Task<> sleep_until(SteadyTime when);

}  // namespace posthorn::net
