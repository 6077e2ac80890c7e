// Server: listens, hands each connection to an io thread, owns the running sessions, and ends them in order.
//
// Threads: listen() and stop() from the thread that made the IoThreads, never from one of theirs.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "base/result.h"
#include "net/io_threads.h"
#include "net/stream.h"

namespace posthorn::net {

/// Serves one connection until it ends. The stream outlives the task. A plain function that returns a coroutine's task:
/// a capturing lambda may be it, but may not itself be a coroutine. Called on the connection's thread.
using Serve = std::function<Task<>(Stream* stream)>;

class Server {
 public:
  /// `threads` must outlive the server. Beyond `most_connections` it does not accept: peers wait in the kernel's queue.
  Server(IoThreads* threads, std::size_t most_connections);
  /// stop() must have been called.
  ~Server();

  /// Listens at `at` (port 0: any free one) and returns where. Code::io, with the reason, when it cannot be bound.
  Result<Endpoint> listen(Endpoint at, Serve serve);

  /// Asks every session of now to end, and goes on accepting. Threads: any.
  void ask_to_end();
  /// Asks so many sessions to end, the newest of each thread. Threads: any.
  void ask_to_end(std::size_t count);
  /// Stops accepting, asks every session to end (Stream::ask_to_end), and cancels what is left after `patience`.
  void stop(Duration patience);

  std::size_t connections() const { return connections_; }

 private:
  struct Lane;
  struct Door;
  static Task<> accept_loop(Server* server, Door* door);
  static Task<> serve_one(Server* server, Lane* lane, const Door* door, int fd);
  static Task<> close_doors(Server* server);
  static Task<> end_all(Lane* lane, SteadyTime deadline);
  void hand_over(const Door* door, int fd);

  IoThreads* threads_;
  std::size_t most_connections_;
  std::atomic<std::size_t> connections_{0};
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::vector<std::unique_ptr<Door>> doors_;
  std::size_t turn_ = 0;
};

}  // namespace posthorn::net
