// Reads bodies where they lie in the log.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "store/blob/location.h"
#include "store/file_seam.h"

namespace posthorn::store::log {

/// Holds a bounded number of segments open. Threads: any.
class SegmentReader {
 public:
  /// `folder` is that of the log.
  SegmentReader(FileSystem& files, std::string folder) : files_(files), folder_(std::move(folder)) {}

  /// The stored bytes of a body in the log. Errors: damaged; not_found (the segment is gone); io; unavailable where
  /// `wait` is never and they are not in memory.
  Result<std::string> read(const BlobLocation& location, Wait wait) const;
  /// The segment is about to be removed.
  void forget(std::uint64_t segment);

 private:
  Result<std::shared_ptr<File>> open(std::uint64_t segment) const;

  FileSystem& files_;
  const std::string folder_;
  mutable std::mutex mutex_;
  mutable std::unordered_map<std::uint64_t, std::shared_ptr<File>> open_;
};

}  // namespace posthorn::store::log
