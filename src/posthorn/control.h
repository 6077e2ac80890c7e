// The control socket: how commands reach the running server. One JSON object a line each way, one exchange a
// connection: {"command": "...", "arguments": {...}} is answered by {"result": ...} or {"error": "..."}.
//
// Only root and the server's own user may connect.
#pragma once

#include <atomic>
#include <boost/json.hpp>
#include <filesystem>
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

  World& world_;
  const std::filesystem::path path_;
  const int fd_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

/// Asks the server at `socket`; nullopt where none answers there. Errors: the command's, as text.
std::optional<Result<boost::json::value>> ask_server(const std::filesystem::path& socket, std::string_view command,
                                                     const boost::json::object& arguments);

}  // namespace posthorn::program
