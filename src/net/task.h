// Task<T>: a coroutine on an io_context, and the bridge from callbacks to coroutines.
//
// Rules (ARCHITECTURE.md, "Coroutines"): parameters by value or a pointer to something that outlives the session; no
// capturing lambda is a coroutine; no string_view or lock lives across co_await; every task belongs to a TaskGroup.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <memory>
#include <utility>

namespace posthorn::net {

template <class T = void>
using Task = boost::asio::awaitable<T>;

/// Where a coroutine runs: one thread's io_context.
using Executor = boost::asio::any_io_executor;

/// Called once, from any thread, with the outcome.
template <class T>
using Completion = std::move_only_function<void(T)>;

/// Suspends the calling coroutine until `completion` (handed to `start`) is called; it resumes on its own executor,
/// never inside the completion's caller. `start` runs at once, on the calling thread. T must be default constructible.
template <class T, class Start>
Task<T> await_completion(Start start) {
  co_return co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(T)>(
      [](auto handler, Start run) {
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        run(Completion<T>([shared](T value) {
          const auto executor = boost::asio::get_associated_executor(*shared);
          boost::asio::post(executor, [shared, value = std::move(value)]() mutable { (*shared)(std::move(value)); });
        }));
      },
      boost::asio::use_awaitable, std::move(start));
}

}  // namespace posthorn::net
