// Passwords that were verified lately, so that a telephone that opens five connections costs one slow hash.
//
// A password is known by a digest of it, its account and the version of the account's credentials, keyed by a random
// key of this process: what is remembered is of no use elsewhere, and void as soon as the password changes.
//
// Threads: any.
#pragma once

#include <deque>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/clock.h"

namespace posthorn::directory {

class VerifiedPasswords {
 public:
  explicit VerifiedPasswords(Duration keep, std::size_t most = 50'000) : keep_(keep), most_(most) {}

  void add(const std::string& digest) {
    const std::lock_guard lock(mutex_);
    const auto until = steady_now() + keep_;
    if (until_.insert_or_assign(digest, until).second) order_.push_back(digest);
    while (order_.size() > most_) {
      until_.erase(order_.front());
      order_.pop_front();
    }
  }

  bool contains(const std::string& digest) const {
    const std::lock_guard lock(mutex_);
    const auto it = until_.find(digest);
    return it != until_.end() && steady_now() < it->second;
  }

 private:
  const Duration keep_;
  const std::size_t most_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, SteadyTime> until_;
  std::deque<std::string> order_;  ///< as they came: the oldest is forgotten first
};

}  // namespace posthorn::directory
