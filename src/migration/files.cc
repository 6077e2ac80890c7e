#include "migration/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

namespace posthorn::migration {
namespace {

std::unexpected<Error> cannot_read(const std::filesystem::path& path) {
  const Code code = errno == ENOENT || errno == ENOTDIR ? Code::not_found : Code::io;
  return fail(code, "cannot read " + path.string() + ": " + std::strerror(errno));
}

}  // namespace

Result<InputFile> InputFile::open(const std::filesystem::path& path) {
  InputFile file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
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

std::string read_small_file(const std::filesystem::path& path, std::size_t most) {
  const auto file = InputFile::open(path);
  return file && file->size() <= most ? file->read_at(0, static_cast<std::size_t>(file->size())) : "";
}

Result<std::vector<std::string>> names_in(const std::filesystem::path& folder) {
  const std::unique_ptr<DIR, int (*)(DIR*)> open(::opendir(folder.c_str()), ::closedir);
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
