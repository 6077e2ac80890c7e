// Input buffers, borrowed while bytes are in hand and given back before waiting, so that an idle connection has none.
#pragma once

#include <cstddef>
#include <memory>

namespace posthorn::net {

constexpr std::size_t kBufferSize = 32 * 1024;

struct BufferReturner {
  void operator()(char* buffer) const noexcept;
};
/// kBufferSize bytes; goes back to the pool of the thread that drops it.
using Buffer = std::unique_ptr<char, BufferReturner>;

/// From this thread's pool, or a new one.
Buffer borrow_buffer();

}  // namespace posthorn::net
