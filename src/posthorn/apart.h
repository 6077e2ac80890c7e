// Work on the store in a process of its own, where no server runs: as the server's user, so that what is written there
// belongs to the server, while the command keeps its own user and with that its right to its files.
#pragma once

#include <sys/types.h>

#include <boost/json.hpp>
#include <functional>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "posthorn/config.h"

namespace posthorn::program {

/// A child that is connected by a socket. For programs of one thread.
class Apart {
 public:
  /// `begin`, in the child, gets ready; what it answers then runs with the child's end of the socket. Errors: those of
  /// `begin`, and of becoming the server's user.
  static Result<std::unique_ptr<Apart>> start(const Config& config,
                                              const std::function<Result<std::function<void(int fd)>>()>& begin);
  /// Waits for the child's end, which comes when the socket is closed.
  ~Apart();
  Apart(const Apart&) = delete;
  Apart& operator=(const Apart&) = delete;
  int fd() const { return fd_; }

 private:
  Apart(pid_t child, int fd) : child_(child), fd_(fd) {}
  const pid_t child_;
  const int fd_;
};

/// The outcome of `work`, done in such a child.
Result<boost::json::value> run_apart(const Config& config, const std::function<Result<boost::json::value>()>& work);

/// A command of the running server, or, where none runs, of a child that opens the store.
Result<boost::json::value> ask_anywhere(const Config& config, std::string_view command,
                                        const boost::json::object& arguments);

}  // namespace posthorn::program
