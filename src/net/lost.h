// A connection that ended under a waiting coroutine, as an exception; and its reading at the two places that catch.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "base/result.h"

namespace posthorn::net {

/// Thrown by every wait of a Stream: the peer is gone (closed, io), a deadline passed (timeout), the owner gave up
/// (cancelled), or TLS failed (invalid).
class Lost : public std::runtime_error {
 public:
  Lost(Code code, const std::string& text) : std::runtime_error(text), code_(code) {}
  Code code() const { return code_; }

 private:
  Code code_;
};

/// Why a coroutine ended by exception.
struct Ending {
  Code code;
  std::string text;
  /// Neither a lost connection nor a cancelled task.
  bool is_bug;
};

/// Why a session ended: for its line in the log, and its last words.
enum class SessionEnd {
  quit,      ///< the client said so, or the server
  refused,   ///< before anything was said
  closed,    ///< the peer is gone
  timeout,   ///< it was silent for too long
  stopping,  ///< the server stops
  bug,
};

std::string_view name_of(SessionEnd end);
/// What an exception made of a session.
SessionEnd end_of(const Ending& ending);

/// To be called inside `catch (...)`: reads the exception in flight, a cancelled task's included. Does not throw.
Ending why_ended() noexcept;

}  // namespace posthorn::net
