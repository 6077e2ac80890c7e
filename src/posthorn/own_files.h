// Landlock: files other than the program's own are out of reach, whoever owns them.
#pragma once

#include <filesystem>
#include <vector>

#include "base/result.h"

namespace posthorn::program {

struct OwnFiles {
  std::vector<std::filesystem::path> written;  ///< folders in which everything may be done but starting programs
  std::vector<std::filesystem::path> listed;   ///< folders that may be opened, but no file in them
  std::vector<std::filesystem::path> read;     ///< files and folders; those that are not there are passed over
};

/// For this thread and those that it makes; what is open stays so. Answers the version of the kernel's interface.
/// Errors: not_supported, with the reason, where the kernel does not do it; then nothing is out of reach.
Result<int> reach_only(const OwnFiles& files);

}  // namespace posthorn::program
