// Encoding and decoding of commits; the format is in commit.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/commit.h"

namespace posthorn::store {

/// A body inside an encoded commit.
struct EncodedBlob {
  Digest digest;
  std::uint64_t offset = 0;  ///< of its bytes, from the start of the encoded commit
  std::uint64_t stored = 0;  ///< bytes there
  std::uint64_t size = 0;    ///< bytes of the body itself
  std::uint32_t crc = 0;     ///< CRC32C of the stored bytes
  std::uint8_t codec = 0;    ///< 0: as they are
  std::uint64_t key_id = 0;  ///< 0: not encrypted
};

/// Appends rows and inline bodies (bodies whose `bytes` is null are left out). Returns where the bodies went.
std::vector<EncodedBlob> encode_commit(std::string& out, const Commit& commit);

/// What an encoded commit holds; views look into the bytes that were decoded.
struct DecodedCommit {
  struct Row {
    std::string_view key;
    std::string_view value;
    bool erase = false;
  };
  std::vector<Row> rows;
  std::vector<EncodedBlob> blobs;
};
/// Errors: damaged, with what is wrong.
Result<DecodedCommit> decode_commit(std::string_view bytes);

}  // namespace posthorn::store
