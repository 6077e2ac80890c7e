// TaskGroup: owns running coroutines; cancels and awaits them, so that none outlives what it points to.
#pragma once

#include <boost/asio/cancellation_signal.hpp>
#include <cstddef>
#include <list>

#include "net/signal.h"
#include "net/task.h"

namespace posthorn::net {

/// Threads: all functions on the executor's thread, cancel() from within one of its handlers.
class TaskGroup {
 public:
  explicit TaskGroup(const Executor& executor) : executor_(executor), emptied_(executor) {}
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;
  /// The group must be empty: join() it first.
  ~TaskGroup();

  /// Starts `task` soon. An exception that it ends by is logged if it is a bug.
  void spawn(Task<> task);
  /// Waits in progress, and those begun later, throw in every task that runs now.
  void cancel();
  /// Until no task is left; false if some still run at `deadline`.
  Task<bool> join(SteadyTime deadline);

  std::size_t size() const { return members_.size(); }
  Executor executor() const { return executor_; }

 private:
  using Members = std::list<boost::asio::cancellation_signal>;

  Executor executor_;
  Members members_;
  Signal emptied_;
};

}  // namespace posthorn::net
