// A file that appears whole or not at all: written under another name, then renamed.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace posthorn::migration {

class OutputFile {
 public:
  /// Errors of all: io, full_disk, with the file's name and the system's reason.
  static Result<OutputFile> create(const std::filesystem::path& temporary);
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;
  /// What was not put in place is removed.
  ~OutputFile();

  Result<void> write(std::string_view bytes);
  /// On disk, under its name. `modified`: its mtime, unless zero.
  Result<void> put_in_place(const std::filesystem::path& path, WallTime modified = {});

 private:
  OutputFile(int fd, std::filesystem::path temporary) : fd_(fd), temporary_(std::move(temporary)) {}
  Result<void> flush();

  int fd_;
  std::filesystem::path temporary_;
  std::string gathered_;
};

/// `name`, or where it is longer than a file's may be, with room for an ending, its beginning and a checksum of it.
std::string file_name_of(std::string name);
/// Makes a folder and those above it, for the owner alone. Errors: io.
Result<void> make_folders(const std::filesystem::path& folder);
/// A small file whole.
Result<void> write_small_file(const std::filesystem::path& path, std::string_view bytes);

}  // namespace posthorn::migration
