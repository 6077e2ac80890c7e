// A session that always has something to do lets the others on its thread go between two commands.
#pragma once

#include "base/clock.h"
#include "net/task.h"

namespace posthorn::net {

class Turn {
 public:
  /// The session waited: others had their turn.
  void begin() { begun_ = steady_now(); }
  /// Whether it has held its thread so long that others would notice.
  bool is_over() const { return steady_now() - begun_ > kLongest; }
  /// Lets all go that are ready, then begins anew.
  Task<> give_way() {
    co_await boost::asio::post(co_await boost::asio::this_coro::executor, boost::asio::use_awaitable);
    begin();
  }

 private:
  static constexpr auto kLongest = std::chrono::milliseconds(2);
  SteadyTime begun_ = steady_now();
};

}  // namespace posthorn::net
