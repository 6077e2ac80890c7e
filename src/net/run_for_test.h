// For tests: runs one coroutine on an io_context of its own until it ended.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <optional>

#include "net/task.h"

namespace posthorn::net {

/// `body(executor)` gives the task; what it throws is thrown on. Other tasks on the same context run meanwhile. Where
/// other threads complete what the task waits for, `context` must outlive them.
template <class Body>
void run_for_test(boost::asio::io_context& context, Body body) {
  std::exception_ptr failure;
  bool ended = false;
  context.restart();
  boost::asio::co_spawn(context, body(Executor(context.get_executor())), [&](const std::exception_ptr& e) {
    failure = e;
    ended = true;
  });
  while (!ended && context.run_one() > 0) {
  }
  if (failure) std::rethrow_exception(failure);
}

template <class Body>
void run_for_test(Body body) {
  boost::asio::io_context context(1);
  run_for_test(context, std::move(body));
}

/// The outcome of `task`, run so.
template <class T>
T result_for_test(boost::asio::io_context& context, Task<T> task) {
  std::optional<T> result;
  struct Keep {
    static Task<> outcome(Task<T> from, std::optional<T>* into) { *into = co_await std::move(from); }
  };
  run_for_test(context, [&](const Executor&) { return Keep::outcome(std::move(task), &result); });
  return std::move(*result);
}

template <class T>
T result_for_test(Task<T> task) {
  boost::asio::io_context context(1);
  return result_for_test(context, std::move(task));
}

}  // namespace posthorn::net
