#include "net/signal.h"

#include <boost/asio/redirect_error.hpp>
#include <utility>

#include "net/lost.h"

namespace posthorn::net {

void Signal::notify() {
  is_notified_ = true;
  timer_.cancel();
}

Task<bool> Signal::wait_until(SteadyTime deadline) {
  if (std::exchange(is_notified_, false)) co_return true;
  timer_.expires_at(deadline);
  boost::system::error_code ec;
  co_await timer_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ec));
  if (std::exchange(is_notified_, false)) co_return true;
  if (ec) throw Lost(Code::cancelled, "cancelled");
  co_return false;
}

}  // namespace posthorn::net
