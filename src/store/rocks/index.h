// The ordered rows, kept by RocksDB as an index of the commit log.
//
// RocksDB's own log is off: what it has not yet flushed is applied again from our log, which it remembers by the
// position row that every batch carries. Threads: all functions from any thread, apply() from one at a time.
//
// After a failure of its background work RocksDB 7.8 does not always find back (DB::Resume() never returns where
// compactions fail again at once). The index is then given up: what it holds can still be read, while another is opened
// over its files and fed from the log.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "store/store.h"

namespace rocksdb {
class Cache;
class DB;
class Env;
class WriteBatch;
}  // namespace rocksdb

namespace posthorn::store::rocks {

class WriteGate;

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

/// Bytes.
struct IndexFigures {
  std::uint64_t files = 0;        ///< on disk
  std::uint64_t memory = 0;       ///< of what is not yet on disk, and of the tables' readers
  std::uint64_t block_cache = 0;  ///< of cached blocks
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

class Index final : public View, public std::enable_shared_from_this<Index> {
 public:
  /// Opens or makes the index in folder `path`. Of those open over one folder all but one must have been given up.
  /// Errors: damaged, io.
  static Result<std::shared_ptr<Index>> open(FileSystem& files, const std::string& path, const IndexOptions& options);
  ~Index() override;

  Result<std::optional<std::string>> get(std::string_view key, Wait wait = Wait::disk) const override;
  Result<std::vector<std::optional<std::string>>> multi_get(const std::vector<std::string>& keys) const override;
  Result<void> scan(std::string_view from, std::string_view to, const RowVisitor& visit) const override;
  std::shared_ptr<const View> snapshot() const;

  /// Applies the batch and remembers `position`; in memory only, until flushed. Waits while flushes are behind. Errors:
  /// io, where they fail; then this index takes no more.
  Result<void> apply(Batch& batch, const Position& position);
  /// Whether background work failed: what is applied may never be flushed.
  bool has_failed() const { return *has_failed_; }
  /// Ends its background work and all that it writes; what is in it can be read on.
  void give_up();
  bool is_given_up() const;
  /// What has been applied, and what of that is on disk.
  Result<Position> position() const;
  Result<Position> durable_position() const;
  /// Brings everything applied to disk.
  Result<void> flush();
  /// How much the block cache may hold from now on.
  void set_cache_bytes(std::uint64_t bytes);
  /// Reads every block and checks its checksum.
  Result<void> verify() const;
  IndexFigures figures() const;

 private:
  Index() = default;

  std::shared_ptr<WriteGate> gate_ = std::make_shared<WriteGate>();
  std::unique_ptr<rocksdb::Env> env_;
  std::uint64_t write_buffers_bytes_ = 0;
  std::shared_ptr<rocksdb::Cache> cache_;
  std::shared_ptr<std::atomic<bool>> has_failed_ = std::make_shared<std::atomic<bool>>(false);
  std::unique_ptr<rocksdb::DB> db_;
};

}  // namespace posthorn::store::rocks
