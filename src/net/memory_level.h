// How near the process is to the most memory that it may use (memory.h), for whoever is about to use more.
//
// Threads: all functions from any thread.
#pragma once

namespace posthorn::net {

enum class MemoryLevel {
  ample,
  tight,  ///< three quarters of the ceiling: caches are given back, replies are written in small pieces
  full,   ///< nine tenths: what would need more is refused: connections, bodies, long lines, mailboxes
  over,   ///< the ceiling: sessions are asked to end
};

/// As the watch last saw it; ample where there is none.
MemoryLevel memory_level();
inline bool is_memory_tight() { return memory_level() >= MemoryLevel::tight; }
inline bool is_memory_full() { return memory_level() >= MemoryLevel::full; }
/// For tests of what a level leads to.
void set_memory_level(MemoryLevel level);

}  // namespace posthorn::net
