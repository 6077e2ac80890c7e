// RocksDB's files behind our seam, so that what tests do to files is done to the index too.
#pragma once

#include <memory>
#include <optional>
#include <shared_mutex>

#include "store/file_seam.h"

namespace rocksdb {
class Env;
}

namespace posthorn::store::rocks {

/// Whether an index may still write: closed when it is given up and another takes its place over the same files.
/// Threads: any.
class WriteGate {
 public:
  /// Held while something is written; empty when the gate is closed.
  std::optional<std::shared_lock<std::shared_mutex>> enter() {
    std::shared_lock lock(mutex_);
    if (closed_) return std::nullopt;
    return lock;
  }
  bool is_closed() const {
    const std::shared_lock lock(mutex_);
    return closed_;
  }
  /// Returns when nobody is writing any more, and nobody will.
  void close() {
    const std::unique_lock lock(mutex_);
    closed_ = true;
  }

 private:
  mutable std::shared_mutex mutex_;
  bool closed_ = false;
};

/// An environment whose files are `files`, and whose writes pass `gate`. For the operating system's own files it is
/// RocksDB's, which knows more of them (read-ahead, preallocation). It takes no lock. Must outlive the database.
std::unique_ptr<rocksdb::Env> make_env(FileSystem& files, std::shared_ptr<WriteGate> gate);

}  // namespace posthorn::store::rocks
