// IoThreads: one io_context and one thread a core; a connection stays on the thread that it was given.
#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "net/task.h"

namespace posthorn::net {

class IoThreads {
 public:
  /// `count` threads begin to run; 0 is one for each core.
  explicit IoThreads(unsigned count = 0);
  /// stop(), if that was not done.
  ~IoThreads();

  std::size_t size() const { return contexts_.size(); }
  Executor executor(std::size_t index) const { return contexts_[index]->get_executor(); }
  /// One after another. Threads: any.
  Executor next() { return executor(turn_++ % size()); }

  /// Whether every thread has come to its next handler within that time. To be called from none of them.
  bool respond(Duration within);

  /// Ends every thread after the handler that it runs, and waits for them; to be called from none of them. What should
  /// end in order (TaskGroup::join) must have ended before.
  void stop();

 private:
  using Context = boost::asio::io_context;

  std::vector<std::unique_ptr<Context>> contexts_;
  std::vector<boost::asio::executor_work_guard<Context::executor_type>> guards_;
  std::vector<std::thread> threads_;
  std::atomic<std::size_t> turn_{0};
};

/// Runs `task` on `executor` and blocks the calling thread, which must not be the executor's, until it ended; throws
/// what it threw. For the program's main thread and for tests.
void run_blocking(const Executor& executor, Task<> task);

}  // namespace posthorn::net
