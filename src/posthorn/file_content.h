// Small files, read whole.
#pragma once

#include <filesystem>
#include <string>

namespace posthorn::program {

/// All bytes of `file`, "" where it cannot be read.
std::string content_of(const std::filesystem::path& file);

}  // namespace posthorn::program
