// Commands that go on for long, and in both directions: imports, exports, backups and restores. They speak in frames
// (migration/channel.h) with the running server, or, where none runs, with a process that opens the store.
#pragma once

#include <atomic>
#include <boost/json.hpp>
#include <functional>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "posthorn/apart.h"
#include "posthorn/config.h"
#include "posthorn/world.h"

namespace posthorn::program {

/// The server's half, over a connected socket, until it ends or `*stop`.
using Conversation = std::function<Result<void>(int fd, const std::atomic<bool>* stop)>;

bool is_conversation(std::string_view name);
/// Errors: not_found (no such account).
Result<Conversation> open_conversation(World& world, std::string_view name, const boost::json::object& arguments);

/// The command's end of one.
class OpenedConversation {
 public:
  /// With the server of that configuration, or with its store. Errors: the conversation's, and World::open's.
  static Result<std::unique_ptr<OpenedConversation>> open(const Config& config, std::string_view name,
                                                          const boost::json::object& arguments);
  ~OpenedConversation();
  int fd() const { return apart_ ? apart_->fd() : fd_; }

 private:
  OpenedConversation() = default;

  int fd_ = -1;  ///< the server's
  std::unique_ptr<Apart> apart_;
};

}  // namespace posthorn::program
