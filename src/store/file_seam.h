// The seam between the store and the operating system's files: everything that the store writes passes through here,
// so that tests can drop unsynced writes, tear them, fill the disk and flip bits (store/simulated_files.h).
//
// Threads: a FileSystem may be used from any thread; a File may be read from any thread while one thread writes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace posthorn::store {

/// Whether a read may wait for the disk. `never` answers Code::unavailable where it would have to.
enum class Wait { never, disk };

/// An open file, written at chosen offsets.
class File {
 public:
  virtual ~File() = default;
  /// Reads `n` bytes; fewer only at the end of the file. Errors: io, unavailable (see Wait).
  virtual Result<std::size_t> read_at(std::uint64_t offset, char* into, std::size_t n, Wait wait) const = 0;
  /// Writes all of `bytes`. Errors: full_disk, io; after an error any part of them may have been written.
  virtual Result<void> write_at(std::uint64_t offset, std::string_view bytes) = 0;
  /// What was written before is on disk when this returns (fdatasync). After an error nothing is known of it.
  virtual Result<void> sync() = 0;
  virtual Result<std::uint64_t> size() const = 0;
  virtual Result<void> truncate(std::uint64_t size) = 0;
  /// What was synced may leave the memory, so that the next read is the disk's; for those who check what they wrote.
  virtual void forget() const {}
};

enum class Open {
  read,    ///< must exist
  write,   ///< must exist; read and write
  create,  ///< must not exist; read and write
  renew,   ///< emptied where it exists; read and write
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;
  virtual Result<std::unique_ptr<File>> open(const std::string& path, Open mode) = 0;
  virtual Result<void> remove(const std::string& path) = 0;
  virtual Result<void> rename(const std::string& from, const std::string& to) = 0;
  /// Makes the folder; it is no error if it is there.
  virtual Result<void> make_folder(const std::string& path) = 0;
  /// Names made, renamed and removed in the folder are on disk when this returns.
  virtual Result<void> sync_folder(const std::string& path) = 0;
  /// Names in the folder, sorted, without "." and "..".
  virtual Result<std::vector<std::string>> list(const std::string& path) = 0;
  virtual Result<bool> exists(const std::string& path) = 0;
  /// Bytes that this process may still write on the file system of `path`.
  virtual Result<std::uint64_t> free_bytes(const std::string& path) = 0;
  /// Takes the lock file for as long as the result lives. Errors: already_exists when another process holds it.
  virtual Result<std::unique_ptr<File>> lock(const std::string& path) = 0;
};

/// The operating system's files.
FileSystem& real_files();

/// The whole content of a small file.
Result<std::string> read_file(FileSystem& files, const std::string& path);
/// Replaces a file so that after a crash either the old or the new content is there: temporary, sync, rename, sync.
Result<void> replace_file(FileSystem& files, const std::string& folder, const std::string& name,
                          std::string_view content);

}  // namespace posthorn::store
