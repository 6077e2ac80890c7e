// CRC32C (Castagnoli, RFC 3720 12.1): guards every frame and record on disk. Several GB/s by SSE4.2, else by tables.
#pragma once

#include <cstdint>
#include <string_view>

namespace posthorn::codec {

/// Of the bytes whose checksum is `before`, followed by `bytes`: crc32c(b, crc32c(a)) is that of a and b together.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t before = 0);

/// The one for machines without the instruction; the same values.
std::uint32_t crc32c_by_tables(std::string_view bytes, std::uint32_t before = 0);

}  // namespace posthorn::codec
