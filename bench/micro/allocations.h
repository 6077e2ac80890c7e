// How often and how much this program has asked for memory: its operator new counts.
#pragma once

#include <benchmark/benchmark.h>

#include <cstdint>

namespace posthorn::bench {

struct Allocations {
  std::uint64_t count = 0;
  std::uint64_t bytes = 0;
};

/// Of all threads, since the program began.
Allocations allocations();

/// Counts what is allocated while it lives, and puts it beside the time: `allocations` and `allocated` bytes of one
/// item, where an iteration does `items` of them.
class CountAllocations {
 public:
  explicit CountAllocations(benchmark::State& state, std::int64_t items = 1)
      : state_(state), items_(items), before_(allocations()) {}
  ~CountAllocations() {
    const Allocations after = allocations();
    const auto each = static_cast<double>(state_.iterations() * items_);
    state_.counters["allocations"] = static_cast<double>(after.count - before_.count) / each;
    state_.counters["allocated"] = static_cast<double>(after.bytes - before_.bytes) / each;
  }
  CountAllocations(const CountAllocations&) = delete;
  CountAllocations& operator=(const CountAllocations&) = delete;

 private:
  benchmark::State& state_;
  const std::int64_t items_;
  const Allocations before_;
};

}  // namespace posthorn::bench
