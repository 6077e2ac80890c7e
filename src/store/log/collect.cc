// Gives back the disk that dead bodies take: files of erased large bodies, and segments of the log whose rows the index
// holds on disk. A segment that is less than half alive has its living bodies written anew first.
#include <fmt/format.h>

#include "codec/crc32c.h"
#include "store/log/log_store.h"

namespace posthorn::store::log {
namespace {

/// The index is flushed if the log has this many segments that it would have to read again.
constexpr std::uint64_t kSegmentsBehind = 4;
constexpr std::size_t kSegmentsMovedAtOnce = 4;
constexpr std::size_t kMovedBytesACommit = 256 << 10;

}  // namespace

std::string LogStore::removed_file_key(std::uint64_t id) {
  return KeyBuilder(Table::blob_file).u64(UINT64_MAX).u64(id).take();
}

Result<void> LogStore::collect() {
  const std::lock_guard alone(collect_mutex_);
  if (auto done = remove_blob_files(); !done) return done;
  return collect_segments();
}

Result<void> LogStore::remove_blob_files() {
  const auto prefix = KeyBuilder(Table::blob_file).u64(UINT64_MAX).take();
  std::vector<std::uint64_t> ids;
  const auto scanned = index()->scan(prefix, after_prefix(prefix), [&](std::string_view key, std::string_view) {
    ids.push_back(ByteReader(key.substr(prefix.size())).u64());
    return true;
  });
  if (!scanned || ids.empty()) return scanned;
  std::set<std::string> folders;
  Commit commit;
  for (const auto id : ids) {
    const auto removed = files_.remove(blob_file_path(folder_ + "/blobs", id));
    if (!removed && removed.error().code != Code::not_found) return removed;
    folders.insert(blob_file_folder(folder_ + "/blobs", id));
    commit.erase(removed_file_key(id));
  }
  // The rows go only when no power cut can bring the files back.
  for (const auto& folder : folders)
    if (auto done = files_.sync_folder(folder); !done) return done;
  return commit_all(std::move(commit));
}

Result<void> LogStore::commit_all(Commit rows) {
  constexpr std::size_t kRowsACommit = 1000;
  Commit part;
  for (auto& row : rows.rows) {
    part.rows.push_back(std::move(row));
    if (part.rows.size() < kRowsACommit) continue;
    if (auto done = commit(std::exchange(part, {})); !done) return done;
  }
  return part.rows.empty() ? Result<void>() : commit(std::move(part));
}

Result<void> LogStore::collect_segments() {
  auto segments = list_segments(files_, folder_ + "/log");
  if (!segments || segments->empty()) return segments ? Result<void>() : fail(segments);
  auto durable = index()->durable_position();
  if (durable && segments->rbegin()->first > durable->segment + kSegmentsBehind) {
    if (auto done = index()->flush(); !done) return done;
    durable = index()->durable_position();
  }
  if (!durable) return fail(durable);
  std::size_t moved = 0;
  for (const auto& [number, path] : *segments) {
    if (number >= durable->segment) break;
    const auto living = living_bytes(number);
    if (!living) return fail(living);
    if (*living * 2 < options_.segment_bytes && *living != 0 && moved++ < kSegmentsMovedAtOnce)
      if (auto done = move_bodies(number, path); !done) return done;
    const auto left = living_bytes(number);
    if (!left) return fail(left);
    if (*left != 0) continue;
    if (auto done = remove_segment(number, path); !done) return done;
  }
  return {};
}

Result<std::uint64_t> LogStore::living_bytes(std::uint64_t segment) const {
  const auto row = index()->get(segment_key(segment));
  if (!row) return fail(row);
  return *row ? ByteReader(**row).u64() : 0;
}

Result<void> LogStore::remove_segment(std::uint64_t number, const std::string& path) {
  segments_.forget(number);
  return files_.remove(path);
}

/// Those of a frame's bodies that lie there still go into `move`.
Result<void> LogStore::gather_living(const DecodedCommit& frame, std::uint64_t segment, std::uint64_t payload_at,
                                     std::string_view payload, Commit& move) const {
  for (const auto& blob : frame.blobs) {
    const auto expected = encode(locate(blob, segment, payload_at));
    const auto row = index()->get(blob_key(blob.digest));
    if (!row) return fail(row);
    if (!*row || **row != expected) continue;
    const auto bytes = payload.substr(blob.offset, blob.stored);
    if (codec::crc32c(bytes) != blob.crc || blob.codec != 0 || blob.key_id != 0) continue;
    move.expect_equals(blob_key(blob.digest), expected);
    move.move_blob(blob.digest, std::make_shared<const std::string>(bytes));
  }
  return {};
}

Result<void> LogStore::move_bodies(std::uint64_t number, const std::string& path) {
  const auto bytes = read_file(files_, path);
  if (!bytes) return fail(bytes);
  const std::string_view all(*bytes);
  const auto salt = salt_of(store_id_, number);
  Commit move;
  const auto flush = [&]() -> Result<void> {
    if (move.blobs.empty()) return {};
    auto done = commit(std::exchange(move, {}));
    // One of them was erased or moved meanwhile: they are looked at again the next time.
    return !done && done.error().code == Code::conflict ? Result<void>() : done;
  };
  for (std::size_t at = kHeaderSize; at < all.size();) {
    const auto frame = read_frame(all.substr(at), salt);
    if (!frame) break;
    if (frame->kind == FrameKind::commit) {
      const auto decoded = decode_commit(frame->payload);
      if (!decoded) return fail(decoded);
      if (auto done = gather_living(*decoded, number, at + kFrameHeaderSize, frame->payload, move); !done) return done;
      if (move.weight() > std::min<std::size_t>(kMovedBytesACommit, options_.segment_bytes / 4))
        if (auto done = flush(); !done) return done;
    }
    at += frame->size;
  }
  return flush();
}

}  // namespace posthorn::store::log
