// Memory: how near the process is to the most that it may use, so that load is shed before the system kills it.
//
// What counts is the memory that is the process's alone and cannot be dropped: resident pages without those of files.
// A watch compares it with the ceiling several times a second; who is about to make more of it asks memory_level().
//
// Threads: all functions from any thread.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "net/memory_level.h"
#include "net/server.h"

namespace posthorn::net {

/// What counts against the ceiling now, in bytes; 0 where the system does not say.
std::uint64_t memory_used();
/// The ceiling where none is configured: three quarters of what the machine has, or of what the control group may use.
std::uint64_t default_memory_ceiling();

/// The level for `used` bytes; it falls only when the use is a twentieth below where it rose. Pure.
MemoryLevel level_of(std::uint64_t used, std::uint64_t ceiling, MemoryLevel before);

class MemoryWatch {
 public:
  /// Called on the watch's thread when the level changes, and every second while it is not ample.
  using Relieve = std::function<void(MemoryLevel level)>;
  MemoryWatch(std::uint64_t ceiling, Relieve relieve);
  ~MemoryWatch();

 private:
  void run();
  void look(SteadyTime& relieved);

  const std::uint64_t ceiling_;
  const Relieve relieve_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

/// Serves connections unless memory is full: those get `farewell`, a line of the protocol, "" under TLS, where more
/// would cost what there is not, and are closed.
Serve turned_away_when_full(Serve serve, std::string farewell);

}  // namespace posthorn::net
