// A large body in a file of its own, in independent frames, so that a range is read without the rest.
//
// Format (numbers big-endian):
//   file   := magic(8) version(2) codec(1) zeros(1) key_id(8) frame_size(4) frame* index footer
//   frame  := the stored bytes of up to frame_size bytes of the body
//   index  := (offset(8) stored(4) codec(1) crc32c(4))*, one a frame; codec 0: as they are, 1: zstd
//   footer := size(8) frames(4) index_offset(8) digest(32) crc32c(4, of the header and the footer before it) magic(8)
//
// A row of the index needs no checksum of its own: a wrong one leads to bytes that do not match theirs.
#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "store/store.h"

namespace posthorn::store {

inline constexpr std::size_t kBlobFrameSize = 64 * 1024;

/// Path of a blob file below `folder`; 4,096 of them share a folder.
std::string blob_file_path(const std::string& folder, std::uint64_t file_id);
std::string blob_file_folder(const std::string& folder, std::uint64_t file_id);

/// The folders of blob files, which are made and brought to disk when they are first needed. Threads: any.
class BlobFolders {
 public:
  BlobFolders(FileSystem& files, std::string folder) : files_(files), folder_(std::move(folder)) {}
  /// When it returns, the file's folder is there and on disk.
  Result<void> need(std::uint64_t file_id);

 private:
  FileSystem& files_;
  const std::string folder_;
  std::mutex mutex_;
  std::set<std::string> durable_;
};

/// Begins a new blob file, whose folder is there. The file is removed if the writer goes before finish() succeeded.
Result<std::unique_ptr<BlobWriter>> write_blob_file(FileSystem& files, const std::string& folder,
                                                    std::uint64_t file_id);

/// Bytes [offset, offset + length) of the body; shorter only at its end. Errors: damaged (also where the file is not
/// of the body `digest`), not_found, io, unavailable.
Result<std::string> read_blob_file(FileSystem& files, const std::string& folder, std::uint64_t file_id,
                                   const Digest& digest, std::uint64_t offset, std::uint64_t length, Wait wait);

}  // namespace posthorn::store
