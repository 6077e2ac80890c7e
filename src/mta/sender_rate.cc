#include "mta/sender_rate.h"

#include <algorithm>

namespace posthorn::mta {

bool SenderRate::take(const std::string& user, const std::string& credential, unsigned messages_an_hour) {
  const auto now = steady_now();
  const std::lock_guard lock(mutex_);
  auto it = sent_.find({user, credential});
  if (it == sent_.end()) {
    if (sent_.size() >= most_)
      sent_.erase(std::ranges::min_element(
          sent_, {}, [](const auto& s) { return s.second.empty() ? SteadyTime() : s.second.back(); }));
    it = sent_.emplace(Key(user, credential), std::deque<SteadyTime>()).first;
  }
  auto& times = it->second;
  while (!times.empty() && now - times.front() >= std::chrono::hours(1)) times.pop_front();
  if (times.size() >= messages_an_hour) return false;
  times.push_back(now);
  return true;
}

}  // namespace posthorn::mta
