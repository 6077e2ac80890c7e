// What is left of an index whose files are damaged.
#pragma once

#include <string>

#include "store/file_seam.h"
#include "store/rocks/index.h"

namespace posthorn::store::rocks {

/// Makes an index that opens out of those files in folder `path` that can be read; the others are moved to its folder
/// `lost`. Nobody has it open. Errors: io.
Result<void> salvage_index(FileSystem& files, const std::string& path);

}  // namespace posthorn::store::rocks
