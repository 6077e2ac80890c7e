// Compression of stored bytes by zstd, a whole piece at a time (a frame of a blob, a checkpoint).
//
// Threads: any; contexts are kept per thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace posthorn::codec {

inline constexpr int kFastLevel = 1;   ///< on the delivery path
inline constexpr int kSmallLevel = 9;  ///< in the background

/// Never longer than about bytes.size() + bytes.size()/256 + 64. The content's size is in the frame.
std::string zstd_compress(std::string_view bytes, int level = kFastLevel);

/// Errors: damaged for bytes that are not one whole frame; too_big when the content is larger than `limit`, of which
/// no more than `limit` bytes are ever held.
Result<std::string> zstd_decompress(std::string_view bytes, std::size_t limit);

}  // namespace posthorn::codec
