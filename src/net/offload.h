// Offload: blocking or long work on a small pool of threads, away from the io threads.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>
#include <vector>

#include "net/task.h"

namespace posthorn::net {

class Offload {
 public:
  explicit Offload(unsigned threads);
  /// Finishes what is queued. No coroutine may wait in run() any more whose executor is gone.
  ~Offload();
  Offload(const Offload&) = delete;
  Offload& operator=(const Offload&) = delete;

  /// Runs `work()` on the pool and resumes the caller, on its own executor, with what it returned or threw. Not
  /// interrupted by cancelling: what it uses must live until it ends.
  template <class Work>
  Task<std::invoke_result_t<Work>> run(Work work);

  /// Queues `work`, which must not throw. Threads: any.
  void post(std::move_only_function<void()> work);

 private:
  void serve();

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<std::move_only_function<void()>> queue_;
  bool is_ending_ = false;
  std::vector<std::thread> threads_;
};

template <class Work>
Task<std::invoke_result_t<Work>> Offload::run(Work work) {
  using T = std::invoke_result_t<Work>;
  struct Outcome {
    std::optional<std::conditional_t<std::is_void_v<T>, bool, T>> value;
    std::exception_ptr failure;
  };
  auto start = [this, &work](Completion<Outcome> completion) {
    post([&work, completion = std::move(completion)]() mutable {
      Outcome outcome;
      try {
        if constexpr (std::is_void_v<T>) {
          work();
          outcome.value = true;
        } else {
          outcome.value = work();
        }
      } catch (...) {
        outcome.failure = std::current_exception();
      }
      completion(std::move(outcome));
    });
  };
  Outcome outcome = co_await await_completion<Outcome>(std::move(start));
  if (outcome.failure) std::rethrow_exception(outcome.failure);
  if constexpr (!std::is_void_v<T>) co_return std::move(*outcome.value);
}

}  // namespace posthorn::net
