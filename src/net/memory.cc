#include "net/memory.h"

#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <fstream>
#include <memory>
#include <sstream>

#include "base/log.h"
#include "base/text.h"

/// Of jemalloc, where the program is linked with it.
extern "C" [[gnu::weak]] int mallctl(const char* name, void* old, std::size_t* old_size, void* value, std::size_t size);

namespace posthorn::net {
namespace {

constexpr auto kLookEvery = std::chrono::milliseconds(100);
constexpr auto kLookOftenEvery = std::chrono::milliseconds(20);
constexpr auto kRelieveEvery = std::chrono::seconds(1);
constexpr Duration kFarewell = std::chrono::seconds(2);

std::atomic<MemoryLevel> level{MemoryLevel::ample};
std::atomic<std::uint64_t> turned_away{0};

/// The control group's own limit and those above it; UINT64_MAX where there is none.
std::uint64_t control_group_limit() {
  std::uint64_t least = UINT64_MAX;
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    // Version 2: "0::/path". Version 1: "4:memory:/path", its files in a folder of their own.
    const bool is_v1 = line.find(":memory:") != std::string::npos;
    if (!is_v1 && !line.starts_with("0::")) continue;
    const std::string root = is_v1 ? "/sys/fs/cgroup/memory" : "/sys/fs/cgroup";
    const std::string name = is_v1 ? "/memory.limit_in_bytes" : "/memory.max";
    for (auto path = line.substr(line.rfind(':') + 1);; path.resize(path.rfind('/'))) {
      std::string text;
      std::ifstream(root + path + name) >> text;
      if (const auto bytes = parse_decimal<std::uint64_t>(text)) least = std::min(least, *bytes);
      if (path.empty() || path.rfind('/') == std::string::npos) break;
    }
  }
  return least;
}

/// What was freed stays the process's otherwise, and counts.
void give_back_freed() {
  if (mallctl == nullptr) {
    ::malloc_trim(0);
    return;
  }
  // Index 4096 stands for all arenas (MALLCTL_ARENAS_ALL).
  if (const int error = mallctl("arena.4096.purge", nullptr, nullptr, nullptr, 0); error != 0)
    log::Line(log::warning, "net", "memory.not_given_back").with("error", std::strerror(error));
}

const char* name_of(MemoryLevel l) {
  constexpr const char* kNames[] = {"ample", "tight", "full", "over"};
  return kNames[static_cast<int>(l)];
}

Task<> turn_away(Stream* stream, std::shared_ptr<const std::string> farewell) {
  turned_away.fetch_add(1, std::memory_order_relaxed);
  if (farewell->empty()) co_return stream->close();
  stream->set_timeout(kFarewell);
  co_await stream->write(farewell->data(), farewell->size());
  // A short patience: each of those that are turned away costs something while it lasts.
  co_await stream->finish(kFarewell);
}

}  // namespace

MemoryLevel memory_level() { return level.load(std::memory_order_relaxed); }
void set_memory_level(MemoryLevel l) { level.store(l, std::memory_order_relaxed); }

std::uint64_t memory_used() {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t size = 0, resident = 0, shared = 0;
  statm >> size >> resident >> shared;
  return resident < shared ? 0 : (resident - shared) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::uint64_t default_memory_ceiling() {
  const auto machine =
      static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  return std::min(machine, control_group_limit()) / 4 * 3;
}

MemoryLevel level_of(std::uint64_t used, std::uint64_t ceiling, MemoryLevel before) {
  const auto at = [&](std::uint64_t bytes) {
    if (bytes >= ceiling) return MemoryLevel::over;
    if (bytes >= ceiling / 10 * 9) return MemoryLevel::full;
    return bytes >= ceiling / 4 * 3 ? MemoryLevel::tight : MemoryLevel::ample;
  };
  return std::max(at(used), std::min(before, at(used + ceiling / 20)));
}

MemoryWatch::MemoryWatch(std::uint64_t ceiling, Relieve relieve)
    : ceiling_(ceiling), relieve_(std::move(relieve)), thread_([this] { run(); }) {}

MemoryWatch::~MemoryWatch() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
  set_memory_level(MemoryLevel::ample);
}

void MemoryWatch::run() {
  auto relieved = steady_now();
  std::unique_lock lock(mutex_);
  while (true) {
    // Above half of the ceiling what a second brings may be the rest.
    const auto pause = memory_used() > ceiling_ / 2 ? kLookOftenEvery : kLookEvery;
    if (wake_.wait_for(lock, pause, [this] { return stopping_; })) return;
    lock.unlock();
    look(relieved);
    lock.lock();
  }
}

void MemoryWatch::look(SteadyTime& relieved) {
  const auto used = memory_used();
  const auto before = memory_level();
  const auto now = level_of(used, ceiling_, before);
  set_memory_level(now);
  if (now != before)
    log::Line(now >= MemoryLevel::full ? log::warning : log::info, "net", "memory")
        .with("level", name_of(now))
        .with("used", used)
        .with("ceiling", ceiling_)
        .with("turned_away", turned_away.load(std::memory_order_relaxed));
  const bool is_due = now != MemoryLevel::ample && steady_now() - relieved >= kRelieveEvery;
  if (now == before && !is_due) return;
  relieved = steady_now();
  relieve_(now);
  if (now != MemoryLevel::ample) give_back_freed();
}

Serve turned_away_when_full(Serve serve, std::string farewell) {
  return [serve = std::move(serve), text = std::make_shared<const std::string>(std::move(farewell))](Stream* stream) {
    return is_memory_full() ? turn_away(stream, text) : serve(stream);
  };
}

}  // namespace posthorn::net
