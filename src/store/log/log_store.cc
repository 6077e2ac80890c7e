// Opening, reading and checking; what is written is in committer.cc.
#include "store/log/log_store.h"

#include <fmt/format.h>

#include "base/log.h"
#include "base/random.h"
#include "base/text.h"
#include "codec/crc32c.h"
#include "codec/digest.h"
#include "store/blob/blob_file.h"
#include "store/log/replay.h"

namespace posthorn::store::log {
namespace {

constexpr std::string_view kFormatLine = "posthorn store 1\n";
constexpr std::uint64_t kFileIdsAnOpening = 1 << 20;
constexpr std::size_t kRowsAReplayBatch = 10'000;

std::string file_ids_key() { return KeyBuilder(Table::system).bytes("blob_file_ids").take(); }

std::uint64_t decode_u64(const std::optional<std::string>& value, std::uint64_t otherwise) {
  if (!value) return otherwise;
  ByteReader in(*value);
  const auto n = in.u64();
  return in.ok() ? n : otherwise;
}

}  // namespace

LogStore::LogStore(FileSystem& files, std::string folder, StoreOptions options)
    : files_(files), folder_(std::move(folder)), options_(std::move(options)) {}

Result<std::unique_ptr<LogStore>> LogStore::open(FileSystem& files, const std::string& folder,
                                                 const StoreOptions& options) {
  std::unique_ptr<LogStore> store(new LogStore(files, folder, options));
  if (auto done = store->start(); !done) return fail(done);
  return store;
}

Result<void> LogStore::start() {
  if (auto done = files_.make_folder(folder_); !done) return done;
  auto lock = files_.lock(folder_ + "/lock");
  if (!lock) return fail(lock);
  lock_ = std::move(*lock);
  for (const char* name : {"/log", "/blobs", "/index"})
    if (auto done = files_.make_folder(folder_ + name); !done) return done;
  if (auto done = read_format(); !done) return done;
  auto index = rocks::Index::open(files_, folder_ + "/index", options_.index);
  if (!index) return fail(index);
  index_ = std::move(*index);
  if (auto done = replay_log(); !done) return done;
  committer_ = std::thread([this] { committer(); });
  return sweep_orphans();
}

LogStore::~LogStore() {
  if (!committer_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  committer_.join();
  if (auto done = index_->flush(); !done)
    base::log::Line(base::log::warning, "store", "close.flush_failed").with("error", done.error().text);
}

Result<void> LogStore::read_format() {
  const auto there = files_.exists(folder_ + "/format");
  if (!there) return fail(there);
  if (!*there) {
    store_id_ = random_bytes(16);
    return replace_file(files_, folder_, "format", std::string(kFormatLine) + to_hex(store_id_) + "\n");
  }
  const auto content = read_file(files_, folder_ + "/format");
  if (!content) return fail(content);
  if (!content->starts_with(kFormatLine)) {
    const auto line = content->substr(0, content->find('\n'));
    if (line.starts_with("posthorn store "))
      return fail(Code::not_supported,
                  "the store in " + folder_ + " was written by a newer Posthorn: " + printable(line));
    return fail(Code::damaged, folder_ + "/format is damaged");
  }
  const auto hex = trim(std::string_view(*content).substr(kFormatLine.size()));
  if (hex.size() != 32) return fail(Code::damaged, folder_ + "/format is damaged");
  for (std::size_t i = 0; i < 32; i += 2)
    put_u8(store_id_, static_cast<std::uint8_t>(hex_value(hex[i]) << 4 | hex_value(hex[i + 1])));
  return {};
}

Result<void> LogStore::replay_log() {
  const auto position = index_->position();
  if (!position) return fail(position);
  const auto counted = index_->scan(segment_key(0), after_prefix(KeyBuilder(Table::segment).take()),
                                    [this](std::string_view key, std::string_view value) {
                                      ByteReader k(key.substr(1)), v(value);
                                      living_[k.u64()] = v.u64();
                                      return true;
                                    });
  if (!counted) return counted;
  rocks::Batch batch;
  std::size_t rows = 0;
  rocks::Position reached = *position;
  const auto visit = [&](const FramePlace& place, std::string_view payload) -> Result<void> {
    const auto commit = decode_commit(payload);
    if (!commit) return fail(commit);
    for (const auto& row : commit->rows) apply_rows(batch, row.key, row.value, row.erase);
    for (const auto& blob : commit->blobs) {
      const BlobLocation location{.kind = BlobLocation::in_log,
                                  .size = blob.size,
                                  .codec = blob.codec,
                                  .key_id = blob.key_id,
                                  .segment = place.segment,
                                  .offset = place.payload_offset + blob.offset,
                                  .stored = blob.stored,
                                  .crc = blob.crc};
      batch.put(blob_key(blob.digest), encode(location));
      count_living(batch, place.segment, static_cast<std::int64_t>(blob.stored));
    }
    reached = {place.segment, place.end, place.sequence};
    ++replayed_;
    rows += commit->rows.size() + commit->blobs.size();
    if (rows < kRowsAReplayBatch) return {};
    rows = 0;
    auto full = std::exchange(batch, rocks::Batch());
    return index_->apply(full, reached);
  };
  const auto end =
      replay(files_, folder_ + "/log", store_id_, position->segment, position->offset, position->sequence, visit);
  if (!end) return fail(end);
  if (!batch.empty())
    if (auto done = index_->apply(batch, reached); !done) return done;
  sequence_ = end->sequence;
  writer_ = std::make_unique<SegmentWriter>(files_, folder_ + "/log", store_id_, options_.segment_bytes, end->segment,
                                            end->offset);
  return writer_->begin_segment(sequence_ + 1);
}

Result<void> LogStore::sweep_orphans() {
  const auto row = index_->get(file_ids_key());
  if (!row) return fail(row);
  const auto first = decode_u64(*row, 1);
  const auto used_from = first > kFileIdsAnOpening ? first - kFileIdsAnOpening : 1;
  for (auto id = used_from; id < first; id += 4096) {
    const auto names = files_.list(blob_file_folder(folder_ + "/blobs", id));
    if (!names) break;  // folders are made in the order of their numbers
    for (const auto& name : *names) {
      const auto file_id = std::strtoull(name.c_str(), nullptr, 16);
      const auto owner = index_->get(blob_file_key(file_id));
      if (!owner) return fail(owner);
      if (!*owner)
        if (auto done = files_.remove(blob_file_path(folder_ + "/blobs", file_id)); !done) return done;
    }
  }
  next_file_id_ = first;
  std::string next;
  put_u64(next, first + kFileIdsAnOpening);
  return commit(Commit().put(file_ids_key(), next));
}

Result<std::optional<std::string>> LogStore::get(std::string_view key, Wait wait) const {
  return index_->get(key, wait);
}
Result<std::vector<std::optional<std::string>>> LogStore::multi_get(const std::vector<std::string>& keys) const {
  return index_->multi_get(keys);
}
Result<void> LogStore::scan(std::string_view from, std::string_view to, const RowVisitor& visit) const {
  return index_->scan(from, to, visit);
}
std::shared_ptr<const View> LogStore::snapshot() const { return index_->snapshot(); }

Result<std::shared_ptr<File>> LogStore::open_segment(std::uint64_t number) const {
  const std::lock_guard lock(open_segments_mutex_);
  auto& file = open_segments_[number];
  if (!file) {
    auto opened = files_.open(folder_ + "/log/" + segment_name(number), Open::read);
    if (!opened) return fail(opened);
    file = std::move(*opened);
  }
  return file;
}

Result<std::string> LogStore::read_from_log(const BlobLocation& location, Wait wait) const {
  const auto file = open_segment(location.segment);
  if (!file) return fail(file);
  std::string bytes(location.stored, '\0');
  const auto got = (*file)->read_at(location.offset, bytes.data(), bytes.size(), wait);
  if (!got) return fail(got);
  if (*got != bytes.size() || codec::crc32c(bytes) != location.crc)
    return fail(Code::damaged, fmt::format("a body in log segment {} at offset {} is damaged",
                                           segment_name(location.segment), location.offset));
  return bytes;
}

Result<std::string> LogStore::read_blob(const Digest& digest, std::uint64_t offset, std::uint64_t length,
                                        Wait wait) const {
  const auto row = index_->get(blob_key(digest), wait);
  if (!row) return fail(row);
  if (!*row) return fail(Code::not_found, "no body " + to_hex(view(digest)));
  const auto location = decode_location(**row);
  if (!location) return fail(location);
  if (location->kind == BlobLocation::in_file)
    return read_blob_file(files_, folder_ + "/blobs", location->file_id, offset, length, wait);
  auto bytes = read_from_log(*location, wait);
  if (!bytes || (offset == 0 && length >= bytes->size())) return bytes;
  return offset >= bytes->size() ? std::string() : bytes->substr(offset, length);
}

Result<std::unique_ptr<BlobWriter>> LogStore::new_blob() {
  return write_blob_file(files_, folder_ + "/blobs", next_file_id_++);
}

bool LogStore::has_room() const {
  const auto free = files_.free_bytes(folder_);
  return free && *free >= options_.reserve_bytes;
}

LogStore::Statistics LogStore::statistics() const {
  return {commits_.load(), flushes_.load(), replayed_, index_->statistics()};
}

Result<std::vector<std::string>> LogStore::check() const {
  std::vector<std::string> wrong;
  if (auto done = index_->verify(); !done) wrong.push_back(done.error().text);
  const auto check_blob = [&](std::string_view key, std::string_view) {
    Digest digest;
    if (key.size() != digest.size() + 1) {
      wrong.push_back("the row of a body has a bad key");
      return true;
    }
    std::copy(key.begin() + 1, key.end(), digest.begin());
    const auto bytes = read_blob(digest, 0, UINT64_MAX, Wait::disk);
    if (!bytes)
      wrong.push_back(fmt::format("body {}: {}", to_hex(view(digest)), bytes.error().text));
    else if (codec::sha256(*bytes) != view(digest))
      wrong.push_back(fmt::format("body {} does not match its digest", to_hex(view(digest))));
    return true;
  };
  const auto prefix = KeyBuilder(Table::blob).take();
  const auto snapshot = index_->snapshot();
  if (auto done = snapshot->scan(prefix, after_prefix(prefix), check_blob); !done) return fail(done);
  return wrong;
}

}  // namespace posthorn::store::log
