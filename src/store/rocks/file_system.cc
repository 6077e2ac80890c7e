#include "store/rocks/file_system.h"

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/system_clock.h>

#include <algorithm>
#include <limits>

namespace posthorn::store::rocks {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;
using Files = store::FileSystem;  // rocksdb's class of that name is a base of one below

IOStatus status_of(const Error& error) {
  switch (error.code) {
    case Code::not_found: return IOStatus::PathNotFound(error.text);
    case Code::full_disk: return IOStatus::NoSpace(error.text);
    default: return IOStatus::IOError(error.text);
  }
}

template <class T>
IOStatus status_of(const Result<T>& result) {
  return result ? IOStatus::OK() : status_of(result.error());
}

/// RocksDB writes "folder/" and "folder//name" where it means "folder" and "folder/name".
std::string plain(const std::string& path) {
  std::string out;
  for (const char c : path)
    if (c != '/' || out.empty() || out.back() != '/') out += c;
  if (out.size() > 1 && out.back() == '/') out.pop_back();
  return out;
}

IOStatus read(const File& file, std::uint64_t offset, std::size_t n, Slice* result, char* scratch) {
  const auto got = file.read_at(offset, scratch, n, Wait::disk);
  *result = Slice(scratch, got ? *got : 0);
  return status_of(got);
}

class SequentialFile final : public rocksdb::FSSequentialFile {
 public:
  explicit SequentialFile(std::unique_ptr<File> file) : file_(std::move(file)) {}
  IOStatus Read(size_t n, const IOOptions&, Slice* result, char* scratch, IODebugContext*) override {
    const auto status = read(*file_, at_, n, result, scratch);
    at_ += result->size();
    return status;
  }
  IOStatus Skip(uint64_t n) override {
    at_ += n;
    return IOStatus::OK();
  }

 private:
  std::unique_ptr<File> file_;
  std::uint64_t at_ = 0;
};

class RandomAccessFile final : public rocksdb::FSRandomAccessFile {
 public:
  explicit RandomAccessFile(std::unique_ptr<File> file) : file_(std::move(file)) {}
  IOStatus Read(uint64_t offset, size_t n, const IOOptions&, Slice* result, char* scratch,
                IODebugContext*) const override {
    return read(*file_, offset, n, result, scratch);
  }

 private:
  std::unique_ptr<File> file_;
};

class WritableFile final : public rocksdb::FSWritableFile {
 public:
  WritableFile(std::unique_ptr<File> file, std::uint64_t size) : file_(std::move(file)), size_(size) {}
  using FSWritableFile::Append;
  IOStatus Append(const Slice& data, const IOOptions&, IODebugContext*) override {
    const auto done = file_->write_at(size_, {data.data(), data.size()});
    if (done) size_ += data.size();
    return status_of(done);
  }
  IOStatus Truncate(uint64_t size, const IOOptions&, IODebugContext*) override {
    const auto done = file_->truncate(size);
    if (done) size_ = size;
    return status_of(done);
  }
  IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Flush(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Sync(const IOOptions&, IODebugContext*) override { return status_of(file_->sync()); }
  uint64_t GetFileSize(const IOOptions&, IODebugContext*) override { return size_; }

 private:
  std::unique_ptr<File> file_;
  std::uint64_t size_;
};

class Directory final : public rocksdb::FSDirectory {
 public:
  Directory(Files& files, std::string path) : files_(files), path_(std::move(path)) {}
  IOStatus Fsync(const IOOptions&, IODebugContext*) override { return status_of(files_.sync_folder(path_)); }

 private:
  Files& files_;
  const std::string path_;
};

class SilentLogger final : public rocksdb::Logger {
 public:
  using Logger::Logv;
  void Logv(const char*, va_list) override {}
  size_t GetLogFileSize() const override { return 0; }
};

/// Maps RocksDB's file system onto ours. Advice (read-ahead, preallocation) is dropped.
class SeamFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  explicit SeamFileSystem(Files& files) : FileSystemWrapper(rocksdb::FileSystem::Default()), files_(files) {}
  const char* Name() const override { return "PosthornFileSystem"; }

  IOStatus NewSequentialFile(const std::string& name, const rocksdb::FileOptions&,
                             std::unique_ptr<rocksdb::FSSequentialFile>* result, IODebugContext*) override {
    auto file = files_.open(plain(name), Open::read);
    if (file) *result = std::make_unique<SequentialFile>(std::move(*file));
    return status_of(file);
  }
  IOStatus NewRandomAccessFile(const std::string& name, const rocksdb::FileOptions&,
                               std::unique_ptr<rocksdb::FSRandomAccessFile>* result, IODebugContext*) override {
    auto file = files_.open(plain(name), Open::read);
    if (file) *result = std::make_unique<RandomAccessFile>(std::move(*file));
    return status_of(file);
  }
  IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions&,
                           std::unique_ptr<rocksdb::FSWritableFile>* result, IODebugContext*) override {
    auto file = files_.open(plain(name), Open::renew);
    if (file) *result = std::make_unique<WritableFile>(std::move(*file), 0);
    return status_of(file);
  }
  IOStatus ReopenWritableFile(const std::string& name, const rocksdb::FileOptions&,
                              std::unique_ptr<rocksdb::FSWritableFile>* result, IODebugContext*) override {
    auto file = files_.open(plain(name), Open::write);
    if (!file) return status_of(file);
    const auto size = (*file)->size();
    if (size) *result = std::make_unique<WritableFile>(std::move(*file), *size);
    return status_of(size);
  }
  IOStatus NewDirectory(const std::string& name, const IOOptions&, std::unique_ptr<rocksdb::FSDirectory>* result,
                        IODebugContext*) override {
    *result = std::make_unique<Directory>(files_, plain(name));
    return IOStatus::OK();
  }
  IOStatus FileExists(const std::string& name, const IOOptions&, IODebugContext*) override {
    const auto there = files_.exists(plain(name));
    if (there && !*there) return IOStatus::NotFound();
    return status_of(there);
  }
  IOStatus GetChildren(const std::string& folder, const IOOptions&, std::vector<std::string>* names,
                       IODebugContext*) override {
    auto list = files_.list(plain(folder));
    if (list) *names = std::move(*list);
    return status_of(list);
  }
  IOStatus DeleteFile(const std::string& name, const IOOptions&, IODebugContext*) override {
    return status_of(files_.remove(plain(name)));
  }
  IOStatus CreateDir(const std::string& name, const IOOptions&, IODebugContext*) override {
    return status_of(files_.make_folder(plain(name)));
  }
  IOStatus CreateDirIfMissing(const std::string& name, const IOOptions&, IODebugContext*) override {
    return status_of(files_.make_folder(plain(name)));
  }
  IOStatus GetFileSize(const std::string& name, const IOOptions&, uint64_t* size, IODebugContext*) override {
    const auto file = files_.open(plain(name), Open::read);
    if (!file) return status_of(file);
    const auto bytes = (*file)->size();
    if (bytes) *size = *bytes;
    return status_of(bytes);
  }
  IOStatus GetFileModificationTime(const std::string&, const IOOptions&, uint64_t* time, IODebugContext*) override {
    *time = 0;
    return IOStatus::OK();
  }
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions&, IODebugContext*) override {
    return status_of(files_.rename(plain(from), plain(to)));
  }
  IOStatus LinkFile(const std::string&, const std::string&, const IOOptions&, IODebugContext*) override {
    return IOStatus::NotSupported();
  }
  IOStatus GetAbsolutePath(const std::string& path, const IOOptions&, std::string* out, IODebugContext*) override {
    *out = path;
    return IOStatus::OK();
  }
  IOStatus GetFreeSpace(const std::string& path, const IOOptions&, uint64_t* bytes, IODebugContext*) override {
    const auto free = files_.free_bytes(path);
    *bytes = free ? *free : std::numeric_limits<uint64_t>::max();
    return IOStatus::OK();
  }
  IOStatus IsDirectory(const std::string& path, const IOOptions&, bool* is, IODebugContext*) override {
    const auto list = files_.list(plain(path));
    *is = list.has_value();
    return IOStatus::OK();
  }
  /// RocksDB's own log lines go nowhere under test.
  IOStatus NewLogger(const std::string&, const IOOptions&, std::shared_ptr<rocksdb::Logger>* logger,
                     IODebugContext*) override {
    *logger = std::make_shared<SilentLogger>();
    return IOStatus::OK();
  }

 private:
  Files& files_;
};

/// A full disk is told as any other failure: RocksDB's own way back from it polls for minutes, and hangs now and then
/// when it is closed meanwhile (7.8).
IOStatus plain_failure(const IOStatus& status) {
  return status.IsNoSpace() ? IOStatus::IOError(status.ToString()) : status;
}

/// Lets a write through, or fails it behind a closed gate.
template <class Write>
IOStatus pass(WriteGate& gate, Write write) {
  const auto entered = gate.enter();
  if (!entered) return IOStatus::IOError("the index was given up");
  return plain_failure(write());
}

class GatedFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  GatedFile(std::unique_ptr<FSWritableFile> file, std::shared_ptr<WriteGate> gate)
      : FSWritableFileOwnerWrapper(std::move(file)), gate_(std::move(gate)) {}
  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* dbg) override {
    return pass(*gate_, [&] { return target()->Append(data, options, dbg); });
  }
  IOStatus Append(const Slice& data, const IOOptions& options, const rocksdb::DataVerificationInfo& verification,
                  IODebugContext* dbg) override {
    return pass(*gate_, [&] { return target()->Append(data, options, verification, dbg); });
  }
  IOStatus Truncate(uint64_t size, const IOOptions& options, IODebugContext* dbg) override {
    return pass(*gate_, [&] { return target()->Truncate(size, options, dbg); });
  }
  IOStatus Flush(const IOOptions& options, IODebugContext* dbg) override {
    return pass(*gate_, [&] { return target()->Flush(options, dbg); });
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* dbg) override {
    return pass(*gate_, [&] { return target()->Sync(options, dbg); });
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* dbg) override {
    return pass(*gate_, [&] { return target()->Fsync(options, dbg); });
  }
  IOStatus RangeSync(uint64_t offset, uint64_t n, const IOOptions& options, IODebugContext* dbg) override {
    return pass(*gate_, [&] { return target()->RangeSync(offset, n, options, dbg); });
  }

 private:
  const std::shared_ptr<WriteGate> gate_;
};

class GatedDirectory final : public rocksdb::FSDirectoryWrapper {
 public:
  GatedDirectory(std::unique_ptr<FSDirectory> folder, std::shared_ptr<WriteGate> gate)
      : FSDirectoryWrapper(std::move(folder)), gate_(std::move(gate)) {}
  IOStatus Fsync(const IOOptions& options, IODebugContext* dbg) override {
    return pass(*gate_, [&] { return FSDirectoryWrapper::Fsync(options, dbg); });
  }
  IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* dbg,
                               const rocksdb::DirFsyncOptions& folder) override {
    return pass(*gate_, [&] { return FSDirectoryWrapper::FsyncWithDirOptions(options, dbg, folder); });
  }

 private:
  const std::shared_ptr<WriteGate> gate_;
};

/// What the index writes and removes goes through a gate.
class GatedFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  GatedFileSystem(std::shared_ptr<rocksdb::FileSystem> target, Files& files, std::shared_ptr<WriteGate> gate)
      : FileSystemWrapper(std::move(target)), files_(files), gate_(std::move(gate)) {}
  const char* Name() const override { return "PosthornGatedFileSystem"; }

  IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* result, IODebugContext* dbg) override {
    auto status = pass(*gate_, [&] { return target()->NewWritableFile(name, options, result, dbg); });
    if (status.ok()) *result = std::make_unique<GatedFile>(std::move(*result), gate_);
    return status;
  }
  IOStatus ReopenWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                              std::unique_ptr<rocksdb::FSWritableFile>* result, IODebugContext* dbg) override {
    auto status = pass(*gate_, [&] { return target()->ReopenWritableFile(name, options, result, dbg); });
    if (status.ok()) *result = std::make_unique<GatedFile>(std::move(*result), gate_);
    return status;
  }
  IOStatus NewDirectory(const std::string& name, const IOOptions& options,
                        std::unique_ptr<rocksdb::FSDirectory>* result, IODebugContext* dbg) override {
    auto status = plain_failure(target()->NewDirectory(name, options, result, dbg));
    if (status.ok()) *result = std::make_unique<GatedDirectory>(std::move(*result), gate_);
    return status;
  }
  IOStatus CreateDir(const std::string& name, const IOOptions& options, IODebugContext* dbg) override {
    return pass(*gate_, [&] { return target()->CreateDir(name, options, dbg); });
  }
  IOStatus CreateDirIfMissing(const std::string& name, const IOOptions& options, IODebugContext* dbg) override {
    return pass(*gate_, [&] { return target()->CreateDirIfMissing(name, options, dbg); });
  }
  IOStatus DeleteFile(const std::string& name, const IOOptions& options, IODebugContext* dbg) override {
    return pass(*gate_, [&] { return target()->DeleteFile(name, options, dbg); });
  }
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                      IODebugContext* dbg) override {
    return pass(*gate_, [&] {
      // CURRENT must not name a MANIFEST whose own name is not yet on disk.
      const auto flushed = files_.sync_folder(plain(to.substr(0, to.rfind('/'))));
      return flushed ? target()->RenameFile(from, to, options, dbg) : status_of(flushed);
    });
  }
  // The store's own lock keeps others away; an index that was given up may still be read beside the next one.
  IOStatus LockFile(const std::string&, const IOOptions&, rocksdb::FileLock** lock, IODebugContext*) override {
    *lock = nullptr;
    return IOStatus::OK();
  }
  IOStatus UnlockFile(rocksdb::FileLock*, const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }

 private:
  Files& files_;
  const std::shared_ptr<WriteGate> gate_;
};

/// After a failed flush RocksDB sleeps for a second: a millisecond is enough for a simulated disk.
class ShortSleeps final : public rocksdb::SystemClockWrapper {
 public:
  ShortSleeps() : SystemClockWrapper(rocksdb::SystemClock::Default()) {}
  const char* Name() const override { return "PosthornShortSleeps"; }
  void SleepForMicroseconds(int micros) override { target_->SleepForMicroseconds(std::min(micros, 1000)); }
};

class SeamEnv final : public rocksdb::EnvWrapper {
 public:
  explicit SeamEnv(const std::shared_ptr<rocksdb::FileSystem>& files) : EnvWrapper(rocksdb::NewCompositeEnv(files)) {
    file_system_ = files;
    system_clock_ = std::make_shared<ShortSleeps>();
  }
};

}  // namespace

std::unique_ptr<rocksdb::Env> make_env(FileSystem& files, std::shared_ptr<WriteGate> gate) {
  const bool is_real = &files == &real_files();
  std::shared_ptr<rocksdb::FileSystem> target = rocksdb::FileSystem::Default();
  if (!is_real) target = std::make_shared<SeamFileSystem>(files);
  const auto gated = std::make_shared<GatedFileSystem>(std::move(target), files, std::move(gate));
  if (is_real) return rocksdb::NewCompositeEnv(gated);
  return std::make_unique<SeamEnv>(gated);
}

}  // namespace posthorn::store::rocks
