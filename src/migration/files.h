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
  friend class FileTree;
  explicit InputFile(int fd) : fd_(fd) {}
  static Result<InputFile> of(int fd, const std::filesystem::path& path);

  int fd_;
  std::uint64_t size_ = 0;
  WallTime modified_{};
  mutable bool has_failed_ = false;
};

/// A small file whole, at most `most` bytes; "" where it is not there.
std::string read_small_file(const std::filesystem::path& path, std::size_t most = 256 << 20);

/// A folder with all that is in it. It may be its user's, while the command runs as root: what is below it is reached
/// without symbolic links, or a link to somebody else's file would be imported as mail. Move only.
class FileTree {
 public:
  /// `root` itself is whatever the operator named. Errors: not_found, io.
  static Result<FileTree> open(std::filesystem::path root);
  FileTree(FileTree&& other) noexcept;
  FileTree& operator=(FileTree&&) = delete;
  ~FileTree();

  // Of paths that begin with the root's. Errors: as of InputFile::open; invalid for a link.
  Result<InputFile> file(const std::filesystem::path& path) const;
  /// "" where it is not there, or cannot be read.
  std::string small_file(const std::filesystem::path& path, std::size_t most = 256 << 20) const;
  /// Names in a folder, sorted, without "." and "..".
  Result<std::vector<std::string>> names(const std::filesystem::path& folder) const;

 private:
  FileTree(std::filesystem::path root, int fd) : root_(std::move(root)), fd_(fd) {}
  int open_below(const std::filesystem::path& path, int flags) const;

  std::filesystem::path root_;
  int fd_;
};

}  // namespace posthorn::migration
