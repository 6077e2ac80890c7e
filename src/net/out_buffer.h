// OutBuffer: gathers replies and writes them in few, large writes.
//
// A slow reader stops us and not our memory: who prints much asks is_full() between its items and flushes.
#pragma once

#include <string>
#include <string_view>

#include "net/memory_level.h"
#include "net/stream.h"

namespace posthorn::net {

class OutBuffer {
 public:
  static constexpr std::size_t kFull = 64 * 1024;
  static constexpr std::size_t kFullWhenTight = 8 * 1024;

  /// `stream` must outlive the buffer.
  explicit OutBuffer(Stream* stream) : stream_(stream) {}

  void append(std::string_view bytes) { bytes_ += bytes; }
  void append(char c) { bytes_ += c; }
  bool is_empty() const { return bytes_.empty(); }
  std::size_t size() const { return bytes_.size(); }
  /// kFull is reached, or less where memory is tight (memory.h): flush before appending more.
  bool is_full() const { return bytes_.size() >= (is_memory_tight() ? kFullWhenTight : kFull); }
  /// What is gathered, for printers that append to a std::string.
  std::string& bytes() { return bytes_; }

  /// Writes everything and gives its memory back. Nothing may be appended meanwhile.
  Task<> flush();

 private:
  Stream* stream_;
  std::string bytes_;
};

}  // namespace posthorn::net
