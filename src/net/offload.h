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

/// What work came to: what it returned, or threw.
template <class T>
class WorkOutcome {
 public:
  template <class Work>
  static WorkOutcome of(Work& work) noexcept {
    WorkOutcome outcome;
    try {
      if constexpr (std::is_void_v<T>) {
        work();
        outcome.value_ = true;
      } else {
        outcome.value_ = work();
      }
    } catch (...) {
      outcome.failure_ = std::current_exception();
    }
    return outcome;
  }

  T take() {
    if (failure_) std::rethrow_exception(failure_);
    if constexpr (!std::is_void_v<T>) return std::move(*value_);
  }

 private:
  std::optional<std::conditional_t<std::is_void_v<T>, bool, T>> value_;
  std::exception_ptr failure_;
};

/// Work that the pool does meanwhile (Offload::begin). Nobody need wait for it.
template <class T>
class Begun {
 public:
  /// Once. What the work returned or threw, on the caller's own executor; as Offload::run() not interrupted.
  Task<T> outcome() {
    const auto shared = shared_;
    co_await await_completion<bool>([shared](Completion<bool> completion) {
      std::unique_lock lock(shared->mutex);
      if (!shared->outcome) {
        shared->waiting = std::move(completion);
        return;
      }
      lock.unlock();
      completion(true);
    });
    co_return shared->outcome->take();
  }

 private:
  friend class Offload;

  struct Shared {
    std::mutex mutex;
    std::optional<WorkOutcome<T>> outcome;
    Completion<bool> waiting;
  };

  std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
};

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

  /// Runs `work()`, which owns what it uses, on the pool while the caller goes on. Threads: any.
  template <class Work>
  Begun<std::invoke_result_t<Work>> begin(Work work);

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
  using Outcome = WorkOutcome<std::invoke_result_t<Work>>;
  auto start = [this, &work](Completion<Outcome> completion) {
    post([&work, completion = std::move(completion)]() mutable { completion(Outcome::of(work)); });
  };
  Outcome outcome = co_await await_completion<Outcome>(std::move(start));
  co_return outcome.take();
}

template <class Work>
Begun<std::invoke_result_t<Work>> Offload::begin(Work work) {
  using T = std::invoke_result_t<Work>;
  Begun<T> begun;
  post([shared = begun.shared_, work = std::move(work)]() mutable {
    auto outcome = WorkOutcome<T>::of(work);
    std::unique_lock lock(shared->mutex);
    shared->outcome = std::move(outcome);
    auto waiting = std::move(shared->waiting);
    lock.unlock();
    if (waiting) waiting(true);
  });
  return begun;
}

}  // namespace posthorn::net
