// Frames over a local socket: how a command and the server speak while mail is brought in or out. The command reads and
// writes the files (they are its user's), the server alone touches the store.
//
// Format of a frame: kind(1), length(4), as many bytes. What they hold is in frames.h.
//
// Threads: one at a time; every call blocks.
#pragma once

#include <atomic>
#include <string>
#include <string_view>

#include "base/result.h"

namespace posthorn::migration {

struct Frame {
  char kind = 0;
  std::string payload;
};

class Channel {
 public:
  static constexpr std::size_t kLongestFrame = 1 << 20;

  /// `fd` is a connected stream socket, not closed by this; every wait ends with Code::cancelled once `*stop` is true,
  /// which may be null: never.
  explicit Channel(int fd, const std::atomic<bool>* stop = nullptr) : fd_(fd), stop_(stop) {}
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  /// Writes what is gathered, then waits for the next frame. Errors: closed, cancelled, invalid (no such frame).
  Result<Frame> read();
  /// Gathers; writes when it is much. Errors: closed, cancelled.
  Result<void> write(char kind, std::string_view payload = {});
  Result<void> flush();
  /// For those who have work meanwhile: whether read() would find anything at once.
  bool is_readable() const;

 private:
  Result<void> wait(short events);
  Result<void> fill(std::size_t n);

  const int fd_;
  const std::atomic<bool>* const stop_;
  std::string in_, out_;
  std::size_t begin_ = 0;
};

}  // namespace posthorn::migration
