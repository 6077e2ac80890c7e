#include "store/rocks/index.h"

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>
#include <rocksdb/write_buffer_manager.h>

#include <thread>

#include "base/clock.h"
#include "base/log.h"
#include "store/keys.h"
#include "store/rocks/file_system.h"

namespace posthorn::store::rocks {
namespace {

constexpr int kWriteBuffers = 3;
/// Size of the first level in write buffers: what comes in is merged with all of it every four flushes.
constexpr int kFirstLevel = 4;
constexpr auto kLongestFlush = std::chrono::seconds(10);

std::string position_key() { return KeyBuilder(Table::position).take(); }

std::string encode(const Position& p) {
  std::string out;
  put_u64(out, p.segment);
  put_u64(out, p.offset);
  put_u64(out, p.sequence);
  return out;
}

Result<Position> decode(const std::optional<std::string>& value) {
  if (!value) return Position{};
  ByteReader in(*value);
  Position p{.segment = in.u64(), .offset = in.u64(), .sequence = in.u64()};
  if (!in.ok() || !in.at_end()) return fail(Code::damaged, "the index's position row is damaged");
  return p;
}

std::unexpected<Error> failed(const rocksdb::Status& status) {
  const Code code = status.IsIncomplete() ? Code::unavailable : status.IsCorruption() ? Code::damaged : Code::io;
  if (code != Code::unavailable)
    base::log::Line(base::log::error, "store", "index.failed").with("error", status.ToString());
  return fail(code, "index: " + status.ToString());
}

/// Notes that a flush or compaction failed.
class FailureNote final : public rocksdb::EventListener {
 public:
  explicit FailureNote(std::shared_ptr<std::atomic<bool>> note) : note_(std::move(note)) {}
  void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status*) override { *note_ = true; }

 private:
  const std::shared_ptr<std::atomic<bool>> note_;
};

rocksdb::Slice slice(std::string_view s) { return {s.data(), s.size()}; }
std::string_view view_of(const rocksdb::Slice& s) { return {s.data(), s.size()}; }

rocksdb::Options rocksdb_options(const IndexOptions& options, rocksdb::Env* env,
                                 const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.cache_index_and_filter_blocks = true;
  // Filters and indexes in parts, so that those of a large store need not fit into the cache; those of new files stay.
  table.partition_filters = true;
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.metadata_block_size = 32 << 10;
  table.metadata_cache_options.top_level_index_pinning = rocksdb::PinningTier::kAll;
  table.metadata_cache_options.partition_pinning = rocksdb::PinningTier::kFlushedAndSimilar;
  table.format_version = 5;
  rocksdb::Options o;
  o.env = env;
  o.create_if_missing = true;
  o.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  o.write_buffer_manager =
      std::make_shared<rocksdb::WriteBufferManager>(options.write_buffer_bytes * kWriteBuffers, cache);
  o.write_buffer_size = options.write_buffer_bytes;
  o.max_write_buffer_number = kWriteBuffers;
  o.max_bytes_for_level_base = options.write_buffer_bytes * kFirstLevel;
  // Most rows asked for at a delivery (a body's, a thread's) are not there: the filter answers before the skip list.
  o.memtable_prefix_bloom_size_ratio = 0.05;
  o.memtable_whole_key_filtering = true;
  // One column family: o.atomic_flush would change nothing but the way back from a failed flush, which hangs (7.8).
  o.max_background_jobs = 2;
  o.compression = rocksdb::kLZ4Compression;
  o.paranoid_checks = true;
  o.max_open_files = 512;
  o.keep_log_file_num = 2;
  o.max_log_file_size = 1 << 20;
  o.stats_dump_period_sec = 0;
  o.avoid_unnecessary_blocking_io = true;
  // Its own attempts to go on after a failure hang DB::Close() now and then (7.8).
  o.max_bgerror_resume_count = 0;
  // LogStore flushes what is worth it; an index that was given up must not try.
  o.avoid_flush_during_shutdown = true;
  return o;
}

Result<std::optional<std::string>> get_row(rocksdb::DB& db, const rocksdb::ReadOptions& options, std::string_view key) {
  rocksdb::PinnableSlice value;
  const auto status = db.Get(options, db.DefaultColumnFamily(), slice(key), &value);
  if (status.IsNotFound()) return std::nullopt;
  if (!status.ok()) return failed(status);
  return std::string(view_of(value));
}

Result<std::vector<std::optional<std::string>>> get_rows(rocksdb::DB& db, const rocksdb::ReadOptions& options,
                                                         const std::vector<std::string>& keys) {
  std::vector<rocksdb::Slice> slices;
  slices.reserve(keys.size());
  for (const auto& key : keys) slices.emplace_back(key);
  std::vector<rocksdb::PinnableSlice> values(keys.size());
  std::vector<rocksdb::Status> statuses(keys.size());
  db.MultiGet(options, db.DefaultColumnFamily(), keys.size(), slices.data(), values.data(), statuses.data());
  std::vector<std::optional<std::string>> out(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (statuses[i].ok())
      out[i] = std::string(view_of(values[i]));
    else if (!statuses[i].IsNotFound())
      return failed(statuses[i]);
  }
  return out;
}

Result<void> scan_rows(rocksdb::DB& db, rocksdb::ReadOptions options, std::string_view from, std::string_view to,
                       const RowVisitor& visit) {
  const rocksdb::Slice upper = slice(to);
  if (!to.empty()) options.iterate_upper_bound = &upper;
  const std::unique_ptr<rocksdb::Iterator> it(db.NewIterator(options));
  for (it->Seek(slice(from)); it->Valid(); it->Next())
    if (!visit(view_of(it->key()), view_of(it->value()))) return {};
  if (!it->status().ok()) return failed(it->status());
  return {};
}

class IndexSnapshot final : public View {
 public:
  /// `owner` keeps `db` open.
  IndexSnapshot(std::shared_ptr<const Index> owner, rocksdb::DB& db) : owner_(std::move(owner)), db_(db) {
    options_.snapshot = db_.GetSnapshot();
  }
  ~IndexSnapshot() override { db_.ReleaseSnapshot(options_.snapshot); }

  Result<std::optional<std::string>> get(std::string_view key, Wait wait) const override {
    auto options = options_;
    if (wait == Wait::never) options.read_tier = rocksdb::kBlockCacheTier;
    return get_row(db_, options, key);
  }
  Result<std::vector<std::optional<std::string>>> multi_get(const std::vector<std::string>& keys) const override {
    return get_rows(db_, options_, keys);
  }
  Result<void> scan(std::string_view from, std::string_view to, const RowVisitor& visit) const override {
    return scan_rows(db_, options_, from, to, visit);
  }

 private:
  const std::shared_ptr<const Index> owner_;
  rocksdb::DB& db_;
  rocksdb::ReadOptions options_;
};

}  // namespace

Batch::Batch() : batch_(std::make_unique<rocksdb::WriteBatch>()) {}
Batch::~Batch() = default;
Batch::Batch(Batch&&) noexcept = default;
Batch& Batch::operator=(Batch&&) noexcept = default;
void Batch::put(std::string_view key, std::string_view value) { batch_->Put(slice(key), slice(value)); }
void Batch::erase(std::string_view key) { batch_->Delete(slice(key)); }
bool Batch::empty() const { return batch_->Count() == 0; }

Index::~Index() {
  if (db_) db_->Close();
}

Result<std::shared_ptr<Index>> Index::open(FileSystem& files, const std::string& path, const IndexOptions& options) {
  std::shared_ptr<Index> index(new Index());
  index->env_ = make_env(files, index->gate_);
  rocksdb::DB* db = nullptr;
  // Not strict: what is read once more must be readable, also a row larger than a shard of the cache.
  index->write_buffers_bytes_ = options.write_buffer_bytes * kWriteBuffers;
  index->cache_ = rocksdb::NewLRUCache(options.block_cache_bytes + index->write_buffers_bytes_, 4, false);
  auto o = rocksdb_options(options, index->env_.get(), index->cache_);
  o.listeners.push_back(std::make_shared<FailureNote>(index->has_failed_));
  const auto status = rocksdb::DB::Open(o, path, &db);
  if (!status.ok()) return failed(status);
  index->db_.reset(db);
  return index;
}

void Index::set_cache_bytes(std::uint64_t bytes) { cache_->SetCapacity(bytes + write_buffers_bytes_); }

Result<std::optional<std::string>> Index::get(std::string_view key, Wait wait) const {
  rocksdb::ReadOptions options;
  if (wait == Wait::never) options.read_tier = rocksdb::kBlockCacheTier;
  return get_row(*db_, options, key);
}

Result<std::vector<std::optional<std::string>>> Index::multi_get(const std::vector<std::string>& keys) const {
  return get_rows(*db_, {}, keys);
}

Result<void> Index::scan(std::string_view from, std::string_view to, const RowVisitor& visit) const {
  return scan_rows(*db_, {}, from, to, visit);
}

std::shared_ptr<const View> Index::snapshot() const {
  return std::make_shared<IndexSnapshot>(shared_from_this(), *db_);
}

Result<void> Index::apply(Batch& batch, const Position& position) {
  batch.put(position_key(), encode(position));
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  options.no_slowdown = true;  // waiting inside, it could not be told of a failure
  const auto start = steady_now();
  auto status = db_->Write(options, batch.batch_.get());
  while (status.IsIncomplete() && !has_failed() && steady_now() - start < kLongestFlush) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    status = db_->Write(options, batch.batch_.get());
  }
  if (status.IsIncomplete()) return fail(Code::io, "index: flushes fail, and the room in memory is used up");
  if (!status.ok()) return failed(status);
  return {};
}

bool Index::is_given_up() const { return gate_->is_closed(); }

void Index::give_up() {
  gate_->close();
  rocksdb::CancelAllBackgroundWork(db_.get(), false);
}

Result<Position> Index::position() const {
  const auto value = get(position_key());
  if (!value) return fail(value);
  return decode(*value);
}

Result<Position> Index::durable_position() const {
  rocksdb::ReadOptions options;
  options.read_tier = rocksdb::kPersistedTier;
  const auto value = get_row(*db_, options, position_key());
  if (!value) return fail(value);
  return decode(*value);
}

Result<void> Index::flush() {
  const auto status = db_->Flush(rocksdb::FlushOptions());
  if (!status.ok()) return failed(status);
  return {};
}

Result<void> Index::verify() const {
  const auto status = db_->VerifyChecksum();
  if (!status.ok()) return failed(status);
  return {};
}

IndexFigures Index::figures() const {
  const auto property = [this](const char* name) {
    std::uint64_t value = 0;
    db_->GetIntProperty(name, &value);
    return value;
  };
  return {.files = property("rocksdb.total-sst-files-size"),
          .memory = property("rocksdb.cur-size-all-mem-tables") + property("rocksdb.estimate-table-readers-mem"),
          .block_cache = property("rocksdb.block-cache-usage")};
}

}  // namespace posthorn::store::rocks
