// Opening: the log is read from where the index ends. An index that fails later is opened anew in the same way.
#include <fmt/format.h>

#include "base/log.h"
#include "base/random.h"
#include "base/text.h"
#include "store/log/format.h"
#include "store/log/log_store.h"
#include "store/log/replay.h"

namespace posthorn::store::log {
namespace {

constexpr std::size_t kRowsABatch = 10'000;

std::string parent_of(const std::string& folder) {
  const auto slash = folder.rfind('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : folder.substr(0, slash);
}

/// Brings an index up to what the log holds.
class Feeder {
 public:
  Feeder(rocks::Index& index, LivingBytes& living, const rocks::Position& from)
      : index_(index), living_(living), reached_(from) {
    renew();
  }

  /// Applies a commit of the log, now or at flush(). Errors: damaged, io.
  Result<void> add(const FramePlace& place, std::string_view payload);
  Result<void> flush();
  std::uint64_t commits() const { return commits_; }

 private:
  Result<void> add_row(const DecodedCommit::Row& row);
  void renew() {
    bodies_.emplace(index_, nullptr);
    batch_ = rocks::Batch();
    rows_ = 0;
  }

  rocks::Index& index_;
  LivingBytes& living_;
  rocks::Position reached_;
  std::optional<BodyRows> bodies_;
  rocks::Batch batch_;
  std::size_t rows_ = 0;
  std::uint64_t commits_ = 0;
};

Result<void> Feeder::add(const FramePlace& place, std::string_view payload) {
  const auto commit = decode_commit(payload);
  if (!commit)
    return fail(Code::damaged, fmt::format("log segment {} at offset {}: {}", segment_name(place.segment),
                                           place.payload_offset, commit.error().text));
  for (const auto& row : commit->rows)
    if (auto done = add_row(row); !done) return done;
  for (const auto& blob : commit->blobs) {
    const auto location = locate(blob, place.segment, place.payload_offset);
    if (auto done = bodies_->set(view(blob.digest), location); !done) return done;
    batch_.put(blob_key(blob.digest), encode(location));
  }
  reached_ = {place.segment, place.end, place.sequence};
  rows_ += commit->rows.size() + commit->blobs.size();
  ++commits_;
  return rows_ < kRowsABatch ? Result<void>() : flush();
}

Result<void> Feeder::add_row(const DecodedCommit::Row& row) {
  if (const auto digest = digest_in(row.key); !digest.empty()) {
    std::optional<BlobLocation> location;
    if (!row.erase) {
      auto decoded = decode_location(row.value);
      if (!decoded) return fail(decoded);
      location = *decoded;
    }
    if (auto done = bodies_->set(digest, location); !done) return done;
  }
  row.erase ? batch_.erase(row.key) : batch_.put(row.key, row.value);
  return {};
}

Result<void> Feeder::flush() {
  living_.add(bodies_->living(), batch_);
  if (batch_.empty()) return {};
  auto done = index_.apply(batch_, reached_);
  renew();
  return done;
}

}  // namespace

LogStore::LogStore(FileSystem& files, std::string folder, const StoreOptions& options)
    : files_(files),
      folder_(std::move(folder)),
      options_(options),
      segments_(files, folder_ + "/log"),
      staged_(files, folder_ + "/blobs", *this),
      derived_(files, folder_ + "/derived") {}

Result<std::unique_ptr<LogStore>> LogStore::open(FileSystem& files, const std::string& folder,
                                                 const StoreOptions& options) {
  std::unique_ptr<LogStore> store(new LogStore(files, folder, options));
  if (auto done = store->start(); !done) return fail(done);
  return store;
}

Result<void> LogStore::start() {
  if (auto done = files_.make_folder(folder_); !done) return done;
  if (auto done = files_.sync_folder(parent_of(folder_)); !done) return done;
  auto lock = files_.lock(folder_ + "/lock");
  if (!lock) return fail(lock);
  lock_ = std::move(*lock);
  for (const char* name : {"/log", "/blobs", "/index", "/derived"})
    if (auto done = files_.make_folder(folder_ + name); !done) return done;
  if (auto done = files_.sync_folder(folder_); !done) return done;
  if (auto done = read_format(); !done) return done;
  if (auto done = open_log(); !done) return done;
  committer_ = std::thread([this] { committer(); });
  return staged_.sweep();
}

LogStore::~LogStore() {
  if (!committer_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  committer_.join();
  if (!broken_)
    if (auto done = writer_->sync(); !done)
      base::log::Line(base::log::warning, "store", "close.sync_failed").with("error", done.error().text);
  if (index_->is_given_up()) return;
  if (auto done = index_->flush(); !done)
    base::log::Line(base::log::warning, "store", "close.flush_failed").with("error", done.error().text);
}

Result<void> LogStore::read_format() {
  const auto there = files_.exists(folder_ + "/format");
  if (!there) return fail(there);
  if (!*there) {
    store_id_ = random_bytes(16);
    return replace_file(files_, folder_, "format", encode_format(store_id_));
  }
  const auto content = read_file(files_, folder_ + "/format");
  if (!content) return fail(content);
  auto id = decode_format(*content);
  if (!id) return fail(id.error().code, folder_ + ": " + id.error().text);
  store_id_ = std::move(*id);
  return {};
}

Result<void> LogStore::open_log() {
  const auto opened = open_index(UINT64_MAX);
  if (!opened) return fail(opened);
  index_ = opened->index;
  living_ = opened->living;
  replayed_ = opened->replayed;
  sequence_ = opened->end.sequence;
  writer_ = std::make_unique<SegmentWriter>(files_, folder_ + "/log", store_id_, options_.segment_bytes);
  return writer_->go_on(opened->end);
}

/// Commits behind `upto` are left out.
Result<LogStore::OpenedIndex> LogStore::open_index(std::uint64_t upto) const {
  OpenedIndex opened;
  auto index = rocks::Index::open(files_, folder_ + "/index", options_.index);
  if (!index) return fail(index);
  opened.index = std::move(*index);
  const auto from = opened.index->position();
  if (!from) return fail(from);
  if (auto done = opened.living.load(*opened.index); !done) return fail(done);
  Feeder feeder(*opened.index, opened.living, *from);
  const auto add = [&](const FramePlace& place, std::string_view payload) {
    return place.sequence <= upto ? feeder.add(place, payload) : Result<void>();
  };
  const auto end = replay(files_, folder_ + "/log", store_id_, from->segment, from->offset, from->sequence, add);
  if (!end) return fail(end);
  if (auto done = feeder.flush(); !done) return fail(done);
  opened.end = *end;
  opened.replayed = feeder.commits();
  return opened;
}

/// For who leads; a group that is being applied is left out. Until it succeeds, readers are answered from the old one,
/// which takes nothing more.
Result<void> LogStore::reopen_index() {
  index_->give_up();
  auto opened = open_index(sequence_);
  if (!opened) return fail(opened);
  if (opened->end.sequence < sequence_)
    return fail(Code::damaged, fmt::format("the log ends at commit {} instead of {}", opened->end.sequence, sequence_));
  base::log::Line(base::log::warning, "store", "index.reopened").with("commits", opened->replayed);
  living_ = std::move(opened->living);
  const std::lock_guard lock(index_mutex_);
  index_.swap(opened->index);
  return {};
}

std::shared_ptr<rocks::Index> LogStore::index() const {
  const std::lock_guard lock(index_mutex_);
  return index_;
}

}  // namespace posthorn::store::log
