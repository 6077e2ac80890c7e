// Server: listens, hands each connection to an io thread, owns the running sessions, and ends them in order.
//
// Threads: listen() and stop() from the thread that made the IoThreads, never from one of theirs.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "net/io_threads.h"
#include "net/stream.h"

namespace posthorn::net {

/// Serves one connection until it ends. The stream outlives the task. A plain function that returns a coroutine's task:
/// a capturing lambda may be it, but may not itself be a coroutine. Called on the connection's thread.
using Serve = std::function<Task<>(Stream* stream)>;

struct DoorOptions {
  std::string name = "";  ///< for DoorFigures
  /// Other than 0: this door has connections of its own, so many, that do not count among those of the others.
  std::size_t own_connections = 0;
};

struct DoorFigures {
  std::string name;
  std::size_t open = 0;
  std::uint64_t accepted = 0;  ///< so far
};

/// A socket that has its address, and does not listen yet: low ports can be taken while the program may, and served
/// when all else is ready.
class BoundSocket {
 public:
  /// Port 0: any free one. Errors: io, with the reason.
  static Result<BoundSocket> bind(Endpoint at);
  BoundSocket(BoundSocket&& other) noexcept : fd_(std::exchange(other.fd_, -1)), at_(other.at_) {}
  BoundSocket& operator=(BoundSocket&&) = delete;
  ~BoundSocket();

  Endpoint at() const { return at_; }
  /// The descriptor is the caller's from now on.
  int release() { return std::exchange(fd_, -1); }

 private:
  BoundSocket(int fd, Endpoint at) : fd_(fd), at_(at) {}
  int fd_;
  Endpoint at_;
};

class Server {
 public:
  /// `threads` must outlive the server. Beyond `most_connections` it does not accept: peers wait in the kernel's queue.
  Server(IoThreads* threads, std::size_t most_connections);
  /// stop() must have been called.
  ~Server();

  /// Listens at `at` (port 0: any free one) and returns where. Code::io, with the reason, when it cannot be bound.
  Result<Endpoint> listen(Endpoint at, Serve serve, DoorOptions options = {});
  /// The same of a socket that is bound already.
  Result<Endpoint> listen(BoundSocket socket, Serve serve, DoorOptions options = {});

  /// Asks every session of now to end, and goes on accepting. Threads: any.
  void ask_to_end();
  /// Asks so many sessions to end, the newest of each thread. Threads: any.
  void ask_to_end(std::size_t count);
  /// Stops accepting, asks every session to end (Stream::ask_to_end), and cancels what is left after `patience`.
  void stop(Duration patience);

  std::size_t connections() const { return connections_; }
  std::size_t most_connections() const { return most_connections_; }
  /// A row for each listen(), of which none may come at the same time. Threads: any.
  std::vector<DoorFigures> doors() const;

 private:
  struct Lane;
  struct Door;
  static Task<> accept_loop(Server* server, Door* door);
  static Task<> serve_one(Server* server, Lane* lane, Door* door, int fd);
  static Task<> close_doors(Server* server);
  static Task<> end_all(Lane* lane, SteadyTime deadline);
  bool is_full(const Door& door) const;
  void hand_over(Door* door, int fd);

  IoThreads* threads_;
  std::size_t most_connections_;
  std::atomic<std::size_t> connections_{0};
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::vector<std::unique_ptr<Door>> doors_;
  std::size_t turn_ = 0;
};

}  // namespace posthorn::net
