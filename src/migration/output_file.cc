#include "migration/output_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "codec/crc32c.h"
#include "codec/unicode.h"

namespace posthorn::migration {
namespace {

constexpr std::size_t kGathered = 128 * 1024;
constexpr std::size_t kLongestName = 230;  ///< NAME_MAX is 255

std::unexpected<Error> cannot_write(const std::filesystem::path& path) {
  const Code code = errno == ENOSPC || errno == EDQUOT ? Code::full_disk : Code::io;
  return fail(code, "cannot write " + path.string() + ": " + std::strerror(errno));
}

}  // namespace

Result<OutputFile> OutputFile::create(const std::filesystem::path& temporary) {
  const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return cannot_write(temporary);
  return OutputFile(fd, temporary);
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      temporary_(std::move(other.temporary_)),
      gathered_(std::move(other.gathered_)) {}

OutputFile::~OutputFile() {
  if (fd_ < 0) return;
  ::close(fd_);
  ::unlink(temporary_.c_str());
}

Result<void> OutputFile::write(std::string_view bytes) {
  gathered_ += bytes;
  return gathered_.size() >= kGathered ? flush() : Result<void>();
}

Result<void> OutputFile::flush() {
  for (std::string_view rest = gathered_; !rest.empty();) {
    const auto put = ::write(fd_, rest.data(), rest.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return cannot_write(temporary_);
    rest.remove_prefix(static_cast<std::size_t>(put));
  }
  gathered_.clear();
  return {};
}

Result<void> OutputFile::put_in_place(const std::filesystem::path& path, WallTime modified) {
  if (auto done = flush(); !done) return done;
  if (modified != WallTime()) {
    const timespec when{static_cast<time_t>(to_seconds(modified)), 0};
    const timespec times[] = {when, when};
    if (::futimens(fd_, times) != 0) return cannot_write(temporary_);
  }
  if (::fdatasync(fd_) != 0) return cannot_write(temporary_);
  if (::rename(temporary_.c_str(), path.c_str()) != 0) return cannot_write(path);
  ::close(std::exchange(fd_, -1));
  return {};
}

std::string file_name_of(std::string name) {
  if (name.size() <= kLongestName) return name;
  const auto mark = fmt::format("~{:08x}", codec::crc32c(name));
  return std::string(codec::cut_utf8(name, kLongestName - mark.size())) + mark;
}

Result<void> make_folders(const std::filesystem::path& folder) {
  if (folder.empty()) return {};
  if (::mkdir(folder.c_str(), 0700) == 0) return {};
  if (errno == ENOENT && folder.has_parent_path() && folder.parent_path() != folder) {
    if (auto done = make_folders(folder.parent_path()); !done) return done;
    if (::mkdir(folder.c_str(), 0700) == 0) return {};
  }
  std::error_code error;
  const int why = errno;
  if (std::filesystem::is_directory(folder, error)) return {};
  errno = why == EEXIST ? ENOTDIR : why;
  return cannot_write(folder);
}

Result<void> write_small_file(const std::filesystem::path& path, std::string_view bytes) {
  auto file = OutputFile::create(path.string() + ".posthorn");
  if (!file) return fail(file);
  if (auto done = file->write(bytes); !done) return done;
  return file->put_in_place(path);
}

}  // namespace posthorn::migration
