// Signal: one coroutine waits, another of the same thread notifies.
#pragma once

#include "net/timer.h"

namespace posthorn::net {

/// Threads: its executor's alone. One waiter at a time.
class Signal {
 public:
  explicit Signal(const Executor& executor) : timer_(executor) {}

  /// Ends the present wait, or the next one if none is in progress.
  void notify();
  /// True when notified, false when `deadline` passed. A cancelled task throws Lost(cancelled).
  Task<bool> wait_until(SteadyTime deadline);

 private:
  Timer timer_;
  bool is_notified_ = false;
};

}  // namespace posthorn::net
