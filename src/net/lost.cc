#include "net/lost.h"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace posthorn::net {

Ending why_ended() noexcept {
  try {
    throw;
  } catch (const Lost& lost) {
    return {lost.code(), lost.what(), false};
  } catch (const boost::system::system_error& e) {
    if (e.code() == boost::asio::error::operation_aborted) return {Code::cancelled, "cancelled", false};
    return {Code::io, e.what(), true};
  } catch (const std::exception& e) {
    return {Code::internal, e.what(), true};
  } catch (...) {
    return {Code::internal, "unknown exception", true};
  }
}

}  // namespace posthorn::net
