#include "net/lost.h"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace posthorn::net {

std::string_view name_of(SessionEnd end) {
  constexpr std::string_view kNames[] = {"quit", "refused", "closed", "timeout", "stopping", "bug"};
  return kNames[static_cast<std::size_t>(end)];
}

SessionEnd end_of(const Ending& ending) {
  if (ending.is_bug) return SessionEnd::bug;
  if (ending.code == Code::timeout) return SessionEnd::timeout;
  return ending.code == Code::cancelled ? SessionEnd::stopping : SessionEnd::closed;
}

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
