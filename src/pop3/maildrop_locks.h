// Which session has which maildrop: one at a time (RFC 1939 4), but never one that is dead.
//
// A session that was silent for a while loses its lock to the next who logs in; it hears of that at its next command,
// and nothing that it wanted deleted is.
//
// Threads: any.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "base/clock.h"
#include "base/id.h"

namespace posthorn::pop3 {

class MaildropLocks {
  struct State {
    std::atomic<SteadyTime> active;
    std::atomic<bool> is_lost = false;
  };

 public:
  /// Frees the maildrop when it is gone.
  class Lock {
   public:
    Lock(MaildropLocks* locks, AccountId account, std::shared_ptr<State> state)
        : locks_(locks), account_(account), state_(std::move(state)) {}
    ~Lock() { locks_->release(account_, state_); }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;

    /// The session is alive.
    void touch() { state_->active = steady_now(); }
    /// Another session has it.
    bool is_lost() const { return state_->is_lost; }

   private:
    MaildropLocks* locks_;
    AccountId account_;
    std::shared_ptr<State> state_;
  };

  /// Null where another session has it that was active within `patience`.
  std::unique_ptr<Lock> take(AccountId account, Duration patience);

  /// Whether `account` may log in again, `delay` after it last did; then this counts as the last time.
  bool may_log_in(AccountId account, Duration delay);

 private:
  void release(AccountId account, const std::shared_ptr<State>& state);

  std::mutex mutex_;
  std::unordered_map<AccountId, std::shared_ptr<State>> locked_;
  std::unordered_map<AccountId, SteadyTime> logged_in_;
};

}  // namespace posthorn::pop3
