// How many messages each app password has sent within the last hour.
//
// In memory alone: after a restart the hour begins anew. Bounded: who sent longest ago is forgotten first.
//
// Threads: any.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "base/clock.h"

namespace posthorn::mta {

class SenderRate {
 public:
  explicit SenderRate(std::size_t most = 10'000) : most_(most) {}

  /// Counts a message of `user` by `credential`; false, and nothing is counted, where it would be one too many.
  bool take(const std::string& user, const std::string& credential, unsigned messages_an_hour);

 private:
  using Key = std::pair<std::string, std::string>;

  const std::size_t most_;
  std::mutex mutex_;
  std::map<Key, std::deque<SteadyTime>> sent_;
};

}  // namespace posthorn::mta
