// What an operator wants to know of a running server, as it was at one moment.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "net/memory_level.h"

namespace posthorn::admin {

struct ListenerFigures {
  std::string name;  ///< key of [listen]
  std::size_t open = 0;
  std::uint64_t accepted = 0;
};

/// Of the process, from /proc; what cannot be read there is 0.
struct ProcessFigures {
  std::uint64_t resident_bytes = 0, virtual_bytes = 0;
  std::uint64_t open_descriptors = 0, most_descriptors = 0;
  std::uint64_t threads = 0;
  double cpu_seconds = 0;
};

struct Certificate {
  WallTime not_before{}, not_after{};
};

/// A certificate that ends so soon should have been renewed: within two weeks, or, of one that is made for shorter, in
/// the last third of its life.
Duration renewal_margin(const Certificate& certificate);

struct Figures {
  WallTime now{}, started{};
  std::string version;
  ProcessFigures process;
  std::vector<ListenerFigures> listeners;  ///< one for each key of [listen]
  std::size_t connections = 0, most_connections = 0;
  // What counts against the ceiling (net/memory.h); bytes.
  std::uint64_t memory_used = 0, memory_ceiling = 0;
  net::MemoryLevel memory_level = net::MemoryLevel::ample;
  // Store; bytes.
  bool is_store_failing = false;
  bool has_room = true;
  std::uint64_t free_bytes = 0, disk_bytes = 0, reserve_bytes = 0;
  std::uint64_t log_bytes = 0, index_bytes = 0, blob_bytes = 0, derived_bytes = 0;
  std::uint64_t index_memory = 0, block_cache = 0;
  std::uint64_t commits = 0, flushes = 0;
  std::size_t loaded_accounts = 0;
  std::optional<Certificate> certificate;  ///< nullopt: none is configured
  bool is_certificate_refused = false;     ///< a newer one lies there that cannot be used
  bool is_config_good = true;              ///< the last reload
  WallTime config_read{};                  ///< the one in force
  bool is_stopping = false;
};

/// Those of this process.
ProcessFigures process_figures();

}  // namespace posthorn::admin
