#include "migration/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

namespace posthorn::migration {
namespace {

constexpr int kReading = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;

std::unexpected<Error> cannot_read(const std::filesystem::path& path) {
  if (errno == ELOOP) return fail(Code::invalid, path.string() + " is a symbolic link, or is behind one");
  const Code code = errno == ENOENT || errno == ENOTDIR ? Code::not_found : Code::io;
  return fail(code, "cannot read " + path.string() + ": " + std::strerror(errno));
}

}  // namespace

Result<InputFile> InputFile::open(const std::filesystem::path& path) {
  return of(::open(path.c_str(), kReading), path);
}

Result<InputFile> InputFile::of(int fd, const std::filesystem::path& path) {
  InputFile file(fd);
  struct stat is{};
  if (file.fd_ < 0 || ::fstat(file.fd_, &is) != 0) return cannot_read(path);
  if (!S_ISREG(is.st_mode)) return fail(Code::invalid, path.string() + " is no ordinary file");
  file.size_ = static_cast<std::uint64_t>(is.st_size);
  file.modified_ = from_seconds(is.st_mtim.tv_sec);
  return file;
}

InputFile::InputFile(InputFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), size_(other.size_), modified_(other.modified_) {}

InputFile::~InputFile() {
  if (fd_ >= 0) ::close(fd_);
}

std::string InputFile::read_at(std::uint64_t offset, std::size_t n) const {
  std::string bytes(n, '\0');
  std::size_t got = 0;
  while (got < n) {
    const auto more = ::pread(fd_, bytes.data() + got, n - got, static_cast<off_t>(offset + got));
    if (more < 0 && errno == EINTR) continue;
    if (more < 0) has_failed_ = true;
    if (more <= 0) break;
    got += static_cast<std::size_t>(more);
  }
  bytes.resize(got);
  return bytes;
}

static std::string whole(const Result<InputFile>& file, std::size_t most) {
  return file && file->size() <= most ? file->read_at(0, static_cast<std::size_t>(file->size())) : "";
}

std::string read_small_file(const std::filesystem::path& path, std::size_t most) {
  return whole(InputFile::open(path), most);
}

Result<FileTree> FileTree::open(std::filesystem::path root) {
  const int fd = ::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return cannot_read(root);
  return FileTree(std::move(root), fd);
}

FileTree::FileTree(FileTree&& other) noexcept : root_(std::move(other.root_)), fd_(std::exchange(other.fd_, -1)) {}

FileTree::~FileTree() {
  if (fd_ >= 0) ::close(fd_);
}

int FileTree::open_below(const std::filesystem::path& path, int flags) const {
  const auto below = path.lexically_relative(root_);
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags);
  how.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH;
  const auto fd = static_cast<int>(::syscall(SYS_openat2, fd_, below.c_str(), &how, sizeof how));
  if (fd >= 0 || (errno != ENOSYS && errno != EPERM)) return fd;
  // Kernels before 5.6, and sandboxes that do not know the call: at least the last name is none of a link.
  return ::openat(fd_, below.c_str(), flags | O_NOFOLLOW);
}

Result<InputFile> FileTree::file(const std::filesystem::path& path) const {
  return InputFile::of(open_below(path, kReading), path);
}

std::string FileTree::small_file(const std::filesystem::path& path, std::size_t most) const {
  return whole(file(path), most);
}

Result<std::vector<std::string>> FileTree::names(const std::filesystem::path& folder) const {
  const int fd = open_below(folder, kReading | O_DIRECTORY);
  const std::unique_ptr<DIR, int (*)(DIR*)> open(fd < 0 ? nullptr : ::fdopendir(fd), ::closedir);
  if (!open) return cannot_read(folder);
  std::vector<std::string> names;
  errno = 0;
  while (const auto* entry = ::readdir(open.get())) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  if (errno != 0) return cannot_read(folder);
  std::ranges::sort(names);
  return names;
}

}  // namespace posthorn::migration
