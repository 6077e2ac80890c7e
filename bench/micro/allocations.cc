#include "allocations.h"

#include <atomic>
#include <cstdlib>
#include <new>

namespace posthorn::bench {
namespace {

std::atomic<std::uint64_t> g_count{0}, g_bytes{0};

void* take(std::size_t size, std::size_t alignment = 0) {
  g_count.fetch_add(1, std::memory_order_relaxed);
  g_bytes.fetch_add(size, std::memory_order_relaxed);
  void* memory = alignment == 0 ? std::malloc(size)
                                : std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

Allocations allocations() { return {g_count.load(), g_bytes.load()}; }

}  // namespace posthorn::bench

void* operator new(std::size_t size) { return posthorn::bench::take(size); }
void* operator new[](std::size_t size) { return posthorn::bench::take(size); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return posthorn::bench::take(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
