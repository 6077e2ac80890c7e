#include "net/buffer.h"

#include <vector>

namespace posthorn::net {
namespace {

constexpr std::size_t kMostKept = 64;

struct Pool {
  Pool() { free.reserve(kMostKept); }
  ~Pool() {
    for (char* buffer : free) delete[] buffer;
  }
  std::vector<char*> free;
};

Pool& pool() {
  thread_local Pool pool;
  return pool;
}

}  // namespace

Buffer borrow_buffer() {
  auto& free = pool().free;
  if (free.empty()) return Buffer(new char[kBufferSize]);
  Buffer buffer(free.back());
  free.pop_back();
  return buffer;
}

void BufferReturner::operator()(char* buffer) const noexcept {
  auto& free = pool().free;
  if (free.size() < kMostKept)
    free.push_back(buffer);
  else
    delete[] buffer;
}

}  // namespace posthorn::net
