// Derived objects as files, `folder/name` each: what Store::put_derived promises. Written under another name and
// renamed, never flushed.
//
// Threads: any. Of two that put one object at once one wins.
#pragma once

#include <atomic>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/file_seam.h"

namespace posthorn::store::log {

class DerivedFiles {
 public:
  DerivedFiles(FileSystem& files, std::string folder) : files_(files), folder_(std::move(folder)) {}

  Result<void> put(const std::string& folder, const std::string& name, std::string_view bytes);
  Result<std::string> read(const std::string& folder, const std::string& name, std::uint64_t offset,
                           std::uint64_t length, Wait wait) const;
  Result<void> erase(const std::string& folder, const std::string& name);
  Result<std::vector<std::string>> list(const std::string& folder) const;

 private:
  std::string path(const std::string& folder, const std::string& name) const {
    return folder_ + "/" + folder + "/" + name;
  }

  FileSystem& files_;
  const std::string folder_;
  std::atomic<std::uint64_t> begun_{0};
};

}  // namespace posthorn::store::log
