// The control socket: how commands reach the running server. One JSON object a line each way, one exchange a
// connection: {"command": "...", "arguments": {...}} is answered by {"result": ...} or {"error": "..."}. Behind the
// answer to a command that opens a conversation (conversation.h) both sides go on in frames.
//
// Commands are run one after another; a conversation has a thread of its own and keeps none of them waiting.
//
// Only root and the server's own user may connect.
#pragma once

#include <atomic>
#include <boost/json.hpp>
#include <filesystem>
#include <list>
#include <optional>
#include <string>
#include <thread>

#include "base/result.h"
#include "posthorn/world.h"

namespace posthorn::program {

class ControlServer {
 public:
  /// Errors: io where the socket cannot be made.
  static Result<std::unique_ptr<ControlServer>> start(World& world, const std::filesystem::path& socket);
  ~ControlServer();

 private:
  ControlServer(World& world, std::filesystem::path socket, int fd);
  void run();
  void serve(int connection);
  void converse(int connection, std::string_view name, const boost::json::object& arguments);
  void join_ended(bool all);

  World& world_;
  const std::filesystem::path path_;
  const int fd_;
  std::atomic<bool> stopping_{false};
  struct Talk {
    std::atomic<bool> has_ended{false};
    std::thread thread;
  };
  std::list<Talk> talks_;  ///< conversations; the server's own thread alone uses the list
  std::thread thread_;
};

/// Asks the server at `socket`; nullopt where none answers there. Errors: the command's, as text; denied for who may
/// not connect.
std::optional<Result<boost::json::value>> ask_server(const std::filesystem::path& socket, std::string_view command,
                                                     const boost::json::object& arguments);
/// The same of a command that opens a conversation: the connected socket, to be closed by the caller.
std::optional<Result<int>> call_server(const std::filesystem::path& socket, std::string_view command,
                                       const boost::json::object& arguments);

}  // namespace posthorn::program
