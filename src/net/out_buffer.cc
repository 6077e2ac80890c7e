#include "net/out_buffer.h"

namespace posthorn::net {

Task<> OutBuffer::flush() {
  if (bytes_.empty()) co_return;
  const std::string bytes = std::move(bytes_);
  bytes_ = std::string();
  co_await stream_->write(bytes.data(), bytes.size());
}

}  // namespace posthorn::net
