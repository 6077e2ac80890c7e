// Folders and files as an import reads them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace posthorn::migration {

/// A file that is read in pieces. Move only.
class InputFile {
 public:
  /// Errors: io, with the file's name and the system's reason; what is no ordinary file is refused.
  static Result<InputFile> open(const std::filesystem::path& path);
  InputFile(InputFile&& other) noexcept;
  InputFile& operator=(InputFile&&) = delete;
  ~InputFile();

  std::uint64_t size() const { return size_; }
  WallTime modified() const { return modified_; }
  /// Up to `n` bytes at `offset`; fewer at its end, and where it cannot be read: has_failed() tells then.
  std::string read_at(std::uint64_t offset, std::size_t n) const;
  bool has_failed() const { return has_failed_; }

 private:
  explicit InputFile(int fd) : fd_(fd) {}

  int fd_;
  std::uint64_t size_ = 0;
  WallTime modified_{};
  mutable bool has_failed_ = false;
};

/// A small file whole, at most `most` bytes; "" where it is not there.
std::string read_small_file(const std::filesystem::path& path, std::size_t most = 256 << 20);
/// Names in a folder, sorted, without "." and "..". Errors: io, with the system's reason.
Result<std::vector<std::string>> names_in(const std::filesystem::path& folder);

}  // namespace posthorn::migration
