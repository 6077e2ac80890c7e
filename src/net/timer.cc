#include "net/timer.h"

namespace posthorn::net {

Task<> sleep_until(SteadyTime when) {
  Timer timer(co_await boost::asio::this_coro::executor, when);
  co_await timer.async_wait(boost::asio::use_awaitable);
}

Task<> sleep_for(Duration by) { co_await sleep_until(steady_now() + by); }

}  // namespace posthorn::net
