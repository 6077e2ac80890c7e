#include "pop3/maildrop_locks.h"

namespace posthorn::pop3 {
namespace {

/// Logins remembered before those are forgotten whose delay is over.
constexpr std::size_t kMostLogins = 10'000;

}  // namespace

std::unique_ptr<MaildropLocks::Lock> MaildropLocks::take(AccountId account, Duration patience) {
  const std::lock_guard lock(mutex_);
  auto& state = locked_[account];
  if (state && steady_now() - state->active.load() < patience) return nullptr;
  if (state) state->is_lost = true;
  state = std::make_shared<State>();
  state->active = steady_now();
  return std::make_unique<Lock>(this, account, state);
}

void MaildropLocks::release(AccountId account, const std::shared_ptr<State>& state) {
  const std::lock_guard lock(mutex_);
  const auto it = locked_.find(account);
  if (it != locked_.end() && it->second == state) locked_.erase(it);
}

bool MaildropLocks::may_log_in(AccountId account, Duration delay) {
  if (delay <= Duration(0)) return true;
  const auto now = steady_now();
  const std::lock_guard lock(mutex_);
  if (logged_in_.size() >= kMostLogins)
    std::erase_if(logged_in_, [&](const auto& login) { return now - login.second >= delay; });
  const auto [it, is_first] = logged_in_.try_emplace(account, now);
  if (!is_first && now - it->second < delay) return false;
  it->second = now;
  return true;
}

}  // namespace posthorn::pop3
