#include "admin/observer.h"

#include "base/log.h"
#include "net/timer.h"

namespace posthorn::admin {
namespace {

constexpr auto kLookAgain = std::chrono::milliseconds(5);

}  // namespace

Observer::Observer(std::function<Figures()> look) : look_(std::move(look)), thread_([this] { run(); }) {}

Observer::~Observer() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  asked_.notify_all();
  thread_.join();
}

void Observer::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    asked_.wait(lock, [this] { return is_asked_ || is_stopping_; });
    if (is_stopping_) return;
    lock.unlock();
    std::optional<Figures> seen;
    try {
      seen = look_();
    } catch (const std::exception& bug) {
      base::log::Line(base::log::error, "admin", "look.bug").with("why", bug.what());
    }
    lock.lock();
    is_asked_ = false;
    last_ = std::move(seen);
    taken_ = steady_now();
  }
}

std::optional<Figures> Observer::ask() {
  const std::lock_guard lock(mutex_);
  if (last_ && steady_now() - taken_ < kFresh) return last_;
  if (!std::exchange(is_asked_, true)) asked_.notify_one();
  return std::nullopt;
}

net::Task<std::optional<Figures>> Observer::figures() {
  const SteadyTime deadline = steady_now() + kPatience;
  while (true) {
    if (auto figures = ask()) co_return figures;
    if (steady_now() >= deadline) co_return std::nullopt;
    co_await net::sleep_for(kLookAgain);
  }
}

std::optional<Figures> Observer::figures_now() {
  const SteadyTime deadline = steady_now() + kPatience;
  while (true) {
    if (auto figures = ask()) return figures;
    if (steady_now() >= deadline) return std::nullopt;
    std::this_thread::sleep_for(kLookAgain);
  }
}

}  // namespace posthorn::admin
