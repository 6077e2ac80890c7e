#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "store/file_seam.h"

namespace posthorn::store {
namespace {

std::unexpected<Error> failed(const char* what, const std::string& path) {
  const Code code = errno == ENOSPC || errno == EDQUOT ? Code::full_disk
                    : errno == ENOENT                  ? Code::not_found
                    : errno == EEXIST                  ? Code::already_exists
                                                       : Code::io;
  return fail(code, std::string(what) + " " + path + ": " + std::strerror(errno));
}

class RealFile final : public File {
 public:
  RealFile(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  ~RealFile() override { ::close(fd_); }
  RealFile(const RealFile&) = delete;
  RealFile& operator=(const RealFile&) = delete;

  Result<std::size_t> read_at(std::uint64_t offset, char* into, std::size_t n, Wait wait) const override {
    std::size_t done = 0;
    while (done < n) {
      iovec piece{into + done, n - done};
      const auto got =
          ::preadv2(fd_, &piece, 1, static_cast<off_t>(offset + done), wait == Wait::never ? RWF_NOWAIT : 0);
      if (got == 0) break;
      if (got > 0) {
        done += static_cast<std::size_t>(got);
      } else if (errno == EAGAIN) {
        return fail(Code::unavailable, "not in memory");
      } else if (errno == EOPNOTSUPP && wait == Wait::never) {
        wait = Wait::disk;  // a file system without RWF_NOWAIT
      } else if (errno != EINTR) {
        return failed("read", path_);
      }
    }
    return done;
  }

  Result<void> write_at(std::uint64_t offset, std::string_view bytes) override {
    while (!bytes.empty()) {
      const auto put = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) return failed("write", path_);
      bytes.remove_prefix(static_cast<std::size_t>(put));
      offset += static_cast<std::uint64_t>(put);
    }
    return {};
  }

  Result<void> sync() override {
    if (::fdatasync(fd_) != 0) return failed("flush", path_);
    return {};
  }

  Result<std::uint64_t> size() const override {
    struct stat st{};
    if (::fstat(fd_, &st) != 0) return failed("stat", path_);
    return static_cast<std::uint64_t>(st.st_size);
  }

  Result<void> truncate(std::uint64_t size) override {
    if (::ftruncate(fd_, static_cast<off_t>(size)) != 0) return failed("truncate", path_);
    return {};
  }

  void forget() const override { ::posix_fadvise(fd_, 0, 0, POSIX_FADV_DONTNEED); }

  int fd() const { return fd_; }

 private:
  const int fd_;
  const std::string path_;
};

int flags_of(Open mode) {
  switch (mode) {
    case Open::read: return O_RDONLY;
    case Open::write: return O_RDWR;
    case Open::create: return O_RDWR | O_CREAT | O_EXCL;
    case Open::renew: return O_RDWR | O_CREAT | O_TRUNC;
  }
  return O_RDONLY;
}

class RealFileSystem final : public FileSystem {
 public:
  Result<std::unique_ptr<File>> open(const std::string& path, Open mode) override {
    const int fd = ::open(path.c_str(), flags_of(mode) | O_CLOEXEC, 0600);
    if (fd < 0) return failed("open", path);
    return std::make_unique<RealFile>(fd, path);
  }

  Result<void> remove(const std::string& path) override {
    if (::unlink(path.c_str()) != 0) return failed("remove", path);
    return {};
  }

  Result<void> rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) return failed("rename", from);
    return {};
  }

  Result<void> make_folder(const std::string& path) override {
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return failed("make folder", path);
    return {};
  }

  Result<void> sync_folder(const std::string& path) override {
    const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return failed("open", path);
    const bool good = ::fsync(fd) == 0;
    const int error = errno;
    ::close(fd);
    errno = error;
    if (!good) return failed("flush", path);
    return {};
  }

  Result<std::vector<std::string>> list(const std::string& path) override {
    DIR* folder = ::opendir(path.c_str());
    if (folder == nullptr) return failed("list", path);
    std::vector<std::string> names;
    while (const dirent* entry = ::readdir(folder)) {
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") names.emplace_back(name);
    }
    ::closedir(folder);
    std::sort(names.begin(), names.end());
    return names;
  }

  Result<bool> exists(const std::string& path) override {
    if (::access(path.c_str(), F_OK) == 0) return true;
    if (errno == ENOENT) return false;
    return failed("look for", path);
  }

  Result<std::uint64_t> free_bytes(const std::string& path) override {
    struct statvfs fs{};
    if (::statvfs(path.c_str(), &fs) != 0) return failed("ask the free space of", path);
    return static_cast<std::uint64_t>(fs.f_bavail) * fs.f_frsize;
  }

  Result<std::unique_ptr<File>> lock(const std::string& path) override {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return failed("open", path);
    auto file = std::make_unique<RealFile>(fd, path);
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0)
      return fail(Code::already_exists, "another process uses this store: " + path + " is locked");
    return file;
  }
};

}  // namespace

FileSystem& real_files() {
  static RealFileSystem files;
  return files;
}

Result<std::string> read_file(FileSystem& files, const std::string& path) {
  auto file = files.open(path, Open::read);
  if (!file) return fail(file);
  const auto size = (*file)->size();
  if (!size) return fail(size);
  std::string content(*size, '\0');
  const auto got = (*file)->read_at(0, content.data(), content.size(), Wait::disk);
  if (!got) return fail(got);
  content.resize(*got);
  return content;
}

Result<void> replace_file(FileSystem& files, const std::string& folder, const std::string& name,
                          std::string_view content) {
  const std::string temporary = folder + "/" + name + ".new";
  auto file = files.open(temporary, Open::renew);
  if (!file) return fail(file);
  if (auto done = (*file)->write_at(0, content); !done) return done;
  if (auto done = (*file)->sync(); !done) return done;
  if (auto done = files.rename(temporary, folder + "/" + name); !done) return done;
  return files.sync_folder(folder);
}

}  // namespace posthorn::store
