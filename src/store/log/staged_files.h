// Files of large bodies that no commit names yet: their numbers, and the removal of those whose commit never came.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "store/blob/blob_file.h"
#include "store/store.h"

namespace posthorn::store::log {

/// Numbers are reserved by a commit before the first of them is used, and none is used twice. Threads: any.
class StagedFiles {
 public:
  /// `folder` is that of blob files; `store` holds their rows, and is not touched before sweep().
  StagedFiles(FileSystem& files, const std::string& folder, Store& store)
      : files_(files), folder_(folder), store_(store), folders_(files, folder) {}

  /// At opening, before begin(): removes files whose commit never came. Errors: damaged, io.
  Result<void> sweep();
  /// Begins a new file. Errors: io, full_disk.
  Result<std::unique_ptr<BlobWriter>> begin();

 private:
  Result<std::uint64_t> new_id();
  Result<void> sweep_folder(std::uint64_t file_id);

  FileSystem& files_;
  const std::string folder_;
  Store& store_;
  BlobFolders folders_;
  std::mutex mutex_;
  std::uint64_t next_ = 1;
  std::uint64_t end_ = 1;    ///< below it they are reserved
  std::uint64_t begin_ = 1;  ///< of those reserved since the opening
};

}  // namespace posthorn::store::log
