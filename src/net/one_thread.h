// A place for one coroutine at a time on a thread that may block: for commands, which are no sessions.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <mutex>
#include <optional>

#include "net/task.h"

namespace posthorn::net {

/// Outlives whatever completes what its tasks wait for. Threads: any, one after another.
class OneThread {
 public:
  /// The outcome of `task`, or what it throws.
  template <class T>
  T run(Task<T> task) {
    const std::lock_guard lock(mutex_);
    std::exception_ptr failure;
    std::optional<T> result;
    bool ended = false;
    context_.restart();
    boost::asio::co_spawn(context_, std::move(task), [&](const std::exception_ptr& e, T value) {
      failure = e;
      result = std::move(value);
      ended = true;
    });
    while (!ended && context_.run_one() > 0) {
    }
    if (failure) std::rethrow_exception(failure);
    return std::move(*result);
  }

 private:
  std::mutex mutex_;
  boost::asio::io_context context_{1};
};

}  // namespace posthorn::net
