// The ordered rows, kept by RocksDB as an index of the commit log.
//
// RocksDB's own log is off: what it has not yet flushed is applied again from our log, which it remembers by the
// position row that every batch carries. Threads: all functions from any thread, apply() from one at a time.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "store/store.h"

namespace rocksdb {
class DB;
class Env;
class WriteBatch;
}  // namespace rocksdb

namespace posthorn::store::rocks {

/// A place in the commit log: everything before it has been applied.
struct Position {
  std::uint64_t segment = 0;
  std::uint64_t offset = 0;
  std::uint64_t sequence = 0;  ///< of the last frame applied
};

struct IndexOptions {
  std::uint64_t block_cache_bytes = 32 << 20;
  std::uint64_t write_buffer_bytes = 16 << 20;
};

/// Rows to be applied at once.
class Batch {
 public:
  Batch();
  ~Batch();
  Batch(Batch&&) noexcept;
  Batch& operator=(Batch&&) noexcept;
  void put(std::string_view key, std::string_view value);
  void erase(std::string_view key);
  bool empty() const;

 private:
  friend class Index;
  std::unique_ptr<rocksdb::WriteBatch> batch_;
};

class Index final : public View {
 public:
  /// Opens or makes the index in folder `path`. Errors: damaged, io, full_disk.
  static Result<std::unique_ptr<Index>> open(FileSystem& files, const std::string& path, const IndexOptions& options);
  ~Index() override;

  Result<std::optional<std::string>> get(std::string_view key, Wait wait = Wait::disk) const override;
  Result<std::vector<std::optional<std::string>>> multi_get(const std::vector<std::string>& keys) const override;
  Result<void> scan(std::string_view from, std::string_view to, const RowVisitor& visit) const override;
  std::shared_ptr<const View> snapshot() const;

  /// Applies the batch and remembers `position`; in memory only, until flushed. Never waits: Code::unavailable while
  /// flushes are behind. After an error the same batch may be applied again.
  Result<void> apply(Batch& batch, const Position& position);
  /// As apply(), but waits while flushes are behind. Errors: io where they fail.
  Result<void> apply_waiting(Batch& batch, const Position& position);
  /// What has been applied, and what of that is on disk.
  Result<Position> position() const;
  Result<Position> durable_position() const;
  /// Brings everything applied to disk.
  Result<void> flush();
  /// Reads every block and checks its checksum.
  Result<void> verify() const;
  /// RocksDB's figures, a line each, for `store stats`.
  std::string statistics() const;

 private:
  Index();
  void resume_after_failures();
  std::unique_ptr<rocksdb::Env> env_;
  /// How often RocksDB's background work failed, and how much of that it was told to go on after.
  std::shared_ptr<std::atomic<std::uint64_t>> failures_ = std::make_shared<std::atomic<std::uint64_t>>(0);
  std::atomic<std::uint64_t> resumed_{0};
  std::shared_ptr<rocksdb::DB> db_;
};

}  // namespace posthorn::store::rocks
