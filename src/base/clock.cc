#include "base/clock.h"

#include <atomic>

namespace posthorn {
inline namespace base {
namespace {

std::atomic<bool> turned{false};
std::atomic<std::int64_t> turned_wall_us{0};
std::atomic<std::int64_t> turned_steady_ns{0};

}  // namespace

SteadyTime SteadyClock::now() {
  if (turned.load(std::memory_order_acquire)) return time_point(duration(turned_steady_ns.load()));
  return time_point(std::chrono::steady_clock::now().time_since_epoch());
}

WallTime wall_now() {
  if (turned.load(std::memory_order_acquire)) return from_micros(turned_wall_us.load());
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

TurnedClock::TurnedClock(WallTime start) {
  turned_wall_us = to_micros(start);
  turned_steady_ns = SteadyClock::now().time_since_epoch().count();
  turned.store(true, std::memory_order_release);
}

TurnedClock::~TurnedClock() { turned.store(false, std::memory_order_release); }

void TurnedClock::advance(Duration by) {
  turned_wall_us += by.count();
  turned_steady_ns += std::chrono::nanoseconds(by).count();
}

void TurnedClock::jump_wall(Duration by) { turned_wall_us += by.count(); }

bool clock_is_turned() { return turned.load(std::memory_order_acquire); }

}  // namespace base
}  // namespace posthorn
