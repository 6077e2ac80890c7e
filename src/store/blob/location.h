// The row that says where a body lies: the value under Table::blob.
//
//   location := kind(1) size codec(1) key_id rest
//   in_log(1):  rest := segment offset stored crc32c(4)
//   in_file(2): rest := file_id
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/commit.h"
#include "store/keys.h"

namespace posthorn::store {

struct BlobLocation {
  enum Kind : std::uint8_t { in_log = 1, in_file = 2 } kind = in_log;
  std::uint64_t size = 0;
  std::uint8_t codec = 0;
  std::uint64_t key_id = 0;
  std::uint64_t segment = 0;  ///< in_log
  std::uint64_t offset = 0;   ///< in_log: of the stored bytes in the segment's file
  std::uint64_t stored = 0;   ///< in_log: their number
  std::uint32_t crc = 0;      ///< in_log: their CRC32C
  std::uint64_t file_id = 0;  ///< in_file
};

std::string encode(const BlobLocation& location);
/// Errors: damaged.
Result<BlobLocation> decode_location(std::string_view bytes);

inline std::string blob_key(const Digest& d) { return KeyBuilder(Table::blob).bytes(view(d)).take(); }
inline std::string blob_file_key(std::uint64_t id) { return KeyBuilder(Table::blob_file).u64(id).take(); }
inline std::string segment_key(std::uint64_t number) { return KeyBuilder(Table::segment).u64(number).take(); }

}  // namespace posthorn::store
