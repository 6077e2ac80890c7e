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
constexpr std::uint64_t kFileIdsAtOnce = 1 << 20;
constexpr std::uint64_t kFilesAFolder = 4096;
constexpr std::size_t kRowsAReplayBatch = 10'000;

std::string file_ids_key() { return KeyBuilder(Table::system).bytes("blob_file_ids").take(); }

/// Numbers of blob files reserved since the last opening: [begin, end).
struct FileIds {
  std::uint64_t begin = 1;
  std::uint64_t end = 1;
};
std::string encode(const FileIds& ids) {
  std::string out;
  put_u64(out, ids.begin);
  put_u64(out, ids.end);
  return out;
}
Result<FileIds> decode_file_ids(const std::optional<std::string>& value) {
  if (!value) return FileIds();
  ByteReader in(*value);
  const FileIds ids{.begin = in.u64(), .end = in.u64()};
  if (!in.ok() || !in.at_end()) return fail(Code::damaged, "the row of blob file numbers is damaged");
  return ids;
}

std::string parent_of(const std::string& folder) {
  const auto slash = folder.rfind('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : folder.substr(0, slash);
}

}  // namespace

LogStore::LogStore(FileSystem& files, std::string folder, StoreOptions options)
    : files_(files),
      folder_(std::move(folder)),
      options_(std::move(options)),
      blob_folders_(files, folder_ + "/blobs") {}

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
  for (const char* name : {"/log", "/blobs", "/index"})
    if (auto done = files_.make_folder(folder_ + name); !done) return done;
  if (auto done = files_.sync_folder(folder_); !done) return done;
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
  if (!broken_)
    if (auto done = writer_->sync(); !done)
      base::log::Line(base::log::warning, "store", "close.sync_failed").with("error", done.error().text);
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
  std::optional<Group> group(std::in_place, *index_);
  std::size_t rows = 0;
  rocks::Position reached = *position;
  const auto apply_group = [&]() -> Result<void> {
    for (const auto& [number, change] : group->bodies.living()) count_living(group->batch, number, change);
    if (group->batch.empty()) return {};
    auto done = index_->apply_waiting(group->batch, reached);
    group.emplace(*index_);
    rows = 0;
    return done;
  };
  const auto visit = [&](const FramePlace& place, std::string_view payload) -> Result<void> {
    if (auto done = replay_frame(place, payload, *group); !done) return done;
    reached = {place.segment, place.end, place.sequence};
    ++replayed_;
    rows += group->written.size();
    return rows < kRowsAReplayBatch ? Result<void>() : apply_group();
  };
  const auto end =
      replay(files_, folder_ + "/log", store_id_, position->segment, position->offset, position->sequence, visit);
  if (!end) return fail(end);
  if (auto done = apply_group(); !done) return done;
  sequence_ = end->sequence;
  writer_ = std::make_unique<SegmentWriter>(files_, folder_ + "/log", store_id_, options_.segment_bytes, end->segment,
                                            end->offset);
  return writer_->begin_segment(sequence_ + 1);
}

Result<void> LogStore::replay_frame(const FramePlace& place, std::string_view payload, Group& group) {
  const auto commit = decode_commit(payload);
  if (!commit)
    return fail(Code::damaged, fmt::format("log segment {} at offset {}: {}", segment_name(place.segment),
                                           place.payload_offset, commit.error().text));
  for (const auto& row : commit->rows) {
    if (const auto digest = digest_in(row.key); !digest.empty()) {
      std::optional<BlobLocation> location;
      if (!row.erase) {
        auto decoded = decode_location(row.value);
        if (!decoded) return fail(decoded);
        location = std::move(*decoded);
      }
      if (auto done = group.bodies.set(digest, std::move(location)); !done) return done;
    }
    row.erase ? group.batch.erase(row.key) : group.batch.put(row.key, row.value);
  }
  for (const auto& blob : commit->blobs) {
    const auto location = locate(blob, place.segment, place.payload_offset);
    if (auto done = group.bodies.set(view(blob.digest), location); !done) return done;
    group.batch.put(blob_key(blob.digest), encode(location));
  }
  group.written.resize(commit->rows.size() + commit->blobs.size());
  return {};
}

Result<void> LogStore::sweep_folder(std::uint64_t file_id) {
  const auto names = files_.list(blob_file_folder(folder_ + "/blobs", file_id));
  if (!names) return fail(names);
  for (const auto& name : *names) {
    const auto id = std::strtoull(name.c_str(), nullptr, 16);
    const auto owner = index_->get(blob_file_key(id));
    if (!owner) return fail(owner);
    if (*owner) continue;
    if (auto done = files_.remove(blob_file_path(folder_ + "/blobs", id)); !done)
      base::log::Line(base::log::warning, "store", "orphan.remove_failed").with("error", done.error().text);
  }
  return {};
}

Result<void> LogStore::sweep_orphans() {
  const auto row = index_->get(file_ids_key());
  if (!row) return fail(row);
  const auto used = decode_file_ids(*row);
  if (!used) return fail(used);
  const auto first_folder = used->begin - used->begin % kFilesAFolder;
  for (auto id = first_folder; id < used->end; id += kFilesAFolder) {
    const auto done = sweep_folder(id);
    if (!done && done.error().code == Code::not_found) break;  // folders are made in the order of their numbers
    if (!done) return done;
  }
  next_file_id_ = file_ids_begin_ = file_ids_end_ = used->end;
  return {};
}

Result<std::uint64_t> LogStore::new_file_id() {
  const std::lock_guard lock(file_ids_mutex_);
  if (next_file_id_ == file_ids_end_) {
    const FileIds more{.begin = file_ids_begin_, .end = file_ids_end_ + kFileIdsAtOnce};
    if (auto done = commit(Commit().put(file_ids_key(), encode(more))); !done) return fail(done);
    file_ids_end_ = more.end;
  }
  return next_file_id_++;
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
  const auto key = blob_key(digest);
  auto row = index_->get(key, wait);
  while (true) {
    if (!row) return fail(row);
    if (!*row) return fail(Code::not_found, "no body " + to_hex(view(digest)));
    auto bytes = read_located(digest, **row, offset, length, wait);
    if (bytes || bytes.error().code == Code::unavailable) return bytes;
    // It may have been moved, or removed, meanwhile.
    auto now = index_->get(key, wait);
    if (now && *now && **now == **row) {
      if (bytes.error().code == Code::not_found)
        return fail(Code::damaged, "a body's file is missing: " + bytes.error().text);
      return bytes;
    }
    row = std::move(now);
  }
}

Result<std::string> LogStore::read_located(const Digest& digest, std::string_view row, std::uint64_t offset,
                                           std::uint64_t length, Wait wait) const {
  const auto location = decode_location(row);
  if (!location) return fail(location);
  if (location->kind == BlobLocation::in_file)
    return read_blob_file(files_, folder_ + "/blobs", location->file_id, digest, offset, length, wait);
  auto bytes = read_from_log(*location, wait);
  if (!bytes || (offset == 0 && length >= bytes->size())) return bytes;
  return offset >= bytes->size() ? std::string() : bytes->substr(offset, length);
}

Result<std::unique_ptr<BlobWriter>> LogStore::new_blob() {
  const auto id = new_file_id();
  if (!id) return fail(id);
  if (auto done = blob_folders_.need(*id); !done) return fail(done);
  return write_blob_file(files_, folder_ + "/blobs", *id);
}

bool LogStore::has_room() const {
  const auto free = files_.free_bytes(folder_);
  return free && *free >= options_.reserve_bytes;
}

LogStore::Statistics LogStore::statistics() const {
  return {commits_.load(), flushes_.load(), replayed_, index_->statistics()};
}

void LogStore::check_bodies(const View& view_now, std::map<std::uint64_t, std::uint64_t>& living,
                            std::vector<std::string>& wrong) const {
  const auto check_blob = [&](std::string_view key, std::string_view row) {
    Digest digest;
    if (key.size() != digest.size() + 1) {
      wrong.push_back("the row of a body has a bad key");
      return true;
    }
    std::copy(key.begin() + 1, key.end(), digest.begin());
    const auto name = to_hex(view(digest));
    if (const auto location = decode_location(row); location && location->kind == BlobLocation::in_log)
      living[location->segment] += location->stored;
    const auto bytes = read_blob(digest, 0, UINT64_MAX, Wait::disk);
    if (!bytes && bytes.error().code == Code::not_found) return true;  // erased since
    if (!bytes)
      wrong.push_back(fmt::format("body {}: {}", name, bytes.error().text));
    else if (codec::sha256(*bytes) != view(digest))
      wrong.push_back(fmt::format("body {} does not match its digest", name));
    return true;
  };
  const auto prefix = KeyBuilder(Table::blob).take();
  if (auto done = view_now.scan(prefix, after_prefix(prefix), check_blob); !done) wrong.push_back(done.error().text);
}

Result<std::vector<std::string>> LogStore::check() const {
  std::vector<std::string> wrong;
  if (auto done = index_->verify(); !done) wrong.push_back(done.error().text);
  const auto now = index_->snapshot();
  std::map<std::uint64_t, std::uint64_t> living;
  check_bodies(*now, living, wrong);
  const auto prefix = KeyBuilder(Table::segment).take();
  const auto counted = now->scan(prefix, after_prefix(prefix), [&](std::string_view key, std::string_view value) {
    const auto number = ByteReader(key.substr(1)).u64();
    const auto bytes = ByteReader(value).u64();
    if (living[number] != bytes)
      wrong.push_back(
          fmt::format("log segment {}: {} living bytes, counted as {}", segment_name(number), living[number], bytes));
    living.erase(number);
    return true;
  });
  if (!counted) wrong.push_back(counted.error().text);
  for (const auto& [number, bytes] : living)
    if (bytes != 0) wrong.push_back(fmt::format("log segment {}: its bytes are not counted", segment_name(number)));
  return wrong;
}

}  // namespace posthorn::store::log
