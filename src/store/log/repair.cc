#include "store/log/repair.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "codec/crc32c.h"
#include "store/log/format.h"
#include "store/log/mend_frame.h"
#include "store/rocks/salvage.h"

namespace posthorn::store::log {
namespace {

constexpr std::size_t kRowsABatch = 10'000;

class Repairer {
 public:
  Repairer(FileSystem& files, std::string folder, const StoreOptions& options)
      : files_(files), folder_(std::move(folder)), options_(options) {}

  Result<LogRepair> run() {
    if (auto done = lock(); !done) return fail(done);
    auto segments = list_segments(files_, folder_ + "/log");
    if (!segments) return fail(segments);
    if (auto done = find_store_id(*segments); !done) return fail(done);
    if (auto done = open_index(); !done) return fail(done);
    if (auto done = read_segments(*segments); !done) return fail(done);
    if (auto done = count_living(); !done) return fail(done);
    if (auto done = apply(); !done) return fail(done);
    if (auto done = index_->flush(); !done) return fail(done);
    return std::move(outcome_);
  }

 private:
  struct Segment {
    std::uint64_t number = 0;
    std::string bytes;
    std::optional<SegmentHeader> header;
  };

  Result<void> lock() {
    const auto there = files_.exists(folder_ + "/log");
    if (!there) return fail(there);
    if (!*there) return fail(Code::not_found, "there is no store in " + folder_);
    auto lock = files_.lock(folder_ + "/lock");
    if (!lock) return fail(lock);
    lock_ = std::move(*lock);
    return {};
  }

  void mended(std::string line) { outcome_.mended.push_back(std::move(line)); }

  /// From the file, else from what every segment's header repeats.
  Result<void> find_store_id(const std::map<std::uint64_t, std::string>& segments) {
    const auto content = read_file(files_, folder_ + "/format");
    const auto told = content ? decode_format(*content) : fail(content);
    if (!told && told.error().code == Code::not_supported) return fail(told);
    for (const auto& [number, path] : segments) {
      const auto segment = load(number, path);
      if (!segment) return fail(segment);
      if (!segment->header) continue;
      store_id_ = segment->header->store_id;
      break;
    }
    if (store_id_.empty() && told) store_id_ = *told;
    if (store_id_.empty()) return fail(Code::damaged, "neither " + folder_ + "/format nor any segment can be read");
    if (told && *told == store_id_) return {};
    mended("the file format is written anew");
    return replace_file(files_, folder_, "format", encode_format(store_id_));
  }

  Result<Segment> load(std::uint64_t number, const std::string& path) const {
    auto bytes = read_file(files_, path);
    if (!bytes) return fail(bytes);
    const auto header = decode_header(*bytes);
    if (!header && header.error().code == Code::not_supported) return fail(header);
    Segment segment{number, std::move(*bytes), std::nullopt};
    if (header && header->number == number && (store_id_.empty() || header->store_id == store_id_))
      segment.header = *header;
    return segment;
  }

  Result<void> open_index() {
    const auto path = folder_ + "/index";
    if (auto done = files_.make_folder(path); !done) return done;
    auto index = rocks::Index::open(files_, path, options_.index);
    const auto good = index ? (*index)->verify() : fail(index);
    if (!good) {
      mended("the index is damaged, and made anew of what can be read of it: " + good.error().text);
      outcome_.is_index_damaged = true;
      index = fail(Code::io, "");
      if (auto done = rocks::salvage_index(files_, path); !done) return done;
      index = rocks::Index::open(files_, path, options_.index);
      if (!index) return fail(index);
    }
    index_ = std::move(*index);
    const auto position = index_->position();
    if (!position && position.error().code != Code::damaged) return fail(position);
    if (position) reached_ = *position;
    return {};
  }

  /// Where the reading begins: where the index ends; where it does not say, as far back as no segment is missing, since
  /// what a missing one erased must not come back.
  static std::uint64_t first_to_read(const std::map<std::uint64_t, std::string>& segments, std::uint64_t wanted) {
    if (segments.contains(wanted)) return wanted;
    std::uint64_t first = segments.rbegin()->first;
    while (segments.contains(first - 1) && first - 1 > wanted) --first;
    return first;
  }

  Result<void> read_segments(const std::map<std::uint64_t, std::string>& segments) {
    if (segments.empty()) return {};
    const auto first = first_to_read(segments, reached_.segment);
    if (reached_.segment != 0 && first != reached_.segment)
      outcome_.lost.push_back({reached_.segment, reached_.offset, 1, 0, ""});
    auto it = segments.find(first);
    auto current = load(it->first, it->second);
    if (!current) return fail(current);
    while (true) {
      const auto next = std::next(it);
      Result<Segment> following = Segment{};
      if (next != segments.end()) following = load(next->first, next->second);
      if (!following) return fail(following);
      const bool is_first = it->first == reached_.segment && reached_.offset != 0;
      if (!is_first)
        if (auto done = begin_segment(*current, it->second); !done) return done;
      if (auto done =
              walk(*current, is_first ? reached_.offset : kHeaderSize, next != segments.end() ? &*following : nullptr);
          !done)
        return done;
      if (next == segments.end()) return {};
      current = std::move(following);
      it = next;
    }
  }

  Result<void> begin_segment(const Segment& segment, const std::string& path) {
    if (!segment.header) {
      mended(fmt::format("log segment {}: its header was damaged, and is written anew", segment_name(segment.number)));
      if (auto done = write_header(segment, path); !done) return done;
    } else if (segment.header->first_sequence > reached_.sequence + 1) {
      if (reached_.sequence != 0)
        outcome_.lost.push_back({segment.number, 0, reached_.sequence + 1, segment.header->first_sequence - 1, ""});
      reached_.sequence = segment.header->first_sequence - 1;
    }
    reached_.segment = segment.number;
    reached_.offset = kHeaderSize;
    return {};
  }

  Result<void> write_header(const Segment& segment, const std::string& path) {
    const SegmentHeader header{.store_id = store_id_,
                               .number = segment.number,
                               .first_sequence = first_sequence(segment).value_or(reached_.sequence + 1),
                               .previous_number = segment.number - 1,
                               .previous_end = reached_.offset};
    const auto file = files_.open(path, Open::write);
    if (!file) return fail(file);
    if (auto done = (*file)->write_at(0, encode_header(header)); !done) return done;
    return (*file)->sync();
  }

  /// The sequence of the first commit that can be read in a segment.
  std::optional<std::uint64_t> first_sequence(const Segment& segment) const {
    if (segment.header) return segment.header->first_sequence;
    const auto salt = salt_of(store_id_, segment.number);
    for (std::size_t at = kHeaderSize; at < segment.bytes.size();) {
      const auto frame = read_frame(std::string_view(segment.bytes).substr(at), salt);
      if (!frame) return std::nullopt;
      if (frame->kind == FrameKind::commit) return frame->sequence;
      at += frame->size;
    }
    return std::nullopt;
  }

  Result<void> walk(const Segment& segment, std::uint64_t at, const Segment* next) {
    const auto salt = salt_of(store_id_, segment.number);
    std::string_view bytes(segment.bytes);
    const bool is_declared = next != nullptr && next->header && next->header->previous_number == segment.number;
    if (is_declared) bytes = bytes.substr(0, next->header->previous_end);
    // What lies behind where the next one takes over is void.
    const auto end_sequence = next != nullptr && !is_declared ? first_sequence(*next) : std::nullopt;
    while (at < bytes.size()) {
      const auto frame = read_frame(bytes.substr(at), salt);
      if (frame && frame->kind == FrameKind::commit && end_sequence && frame->sequence >= *end_sequence) break;
      if (frame && frame->sequence < reached_.sequence) {  // of the past
        at += frame->size;
        continue;
      }
      if (frame && !follows(*frame)) {
        const auto before = frame->sequence - (frame->kind == FrameKind::commit ? 1 : 0);
        outcome_.lost.push_back({segment.number, at, reached_.sequence + 1, before, ""});
        reached_.sequence = before;
      }
      if (frame) {
        if (auto done = take(segment, at, *frame, frame->payload); !done) return done;
        at += frame->size;
        continue;
      }
      const auto behind = find_frame(bytes, at + 1, salt);
      if (!behind && !is_declared) break;  // the end, or a commit that was never whole
      const auto done = damaged(segment, bytes, at, behind.value_or(bytes.size()), salt);
      if (!done) return fail(done);
      at = *done;
    }
    return {};
  }

  bool follows(const Frame& frame) const {
    return frame.sequence == reached_.sequence + (frame.kind == FrameKind::commit ? 1 : 0);
  }

  /// The next frame that can be read and is not of the past.
  std::optional<std::uint64_t> find_frame(std::string_view bytes, std::uint64_t from, std::uint64_t salt) const {
    for (auto at = bytes.find("PHFR", from); at != std::string_view::npos; at = bytes.find("PHFR", at + 1)) {
      const auto frame = read_frame(bytes.substr(at), salt);
      if (frame && frame->sequence >= reached_.sequence) return at;
    }
    return std::nullopt;
  }

  /// What cannot be read at [at, to): mended or told. Answers where to go on.
  Result<std::uint64_t> damaged(const Segment& segment, std::string_view bytes, std::uint64_t at, std::uint64_t to,
                                std::uint64_t salt) {
    const auto where = fmt::format("log segment {} at offset {}", segment_name(segment.number), at);
    if (const auto good = mend_frame(bytes.substr(at), salt)) {
      const auto frame = read_frame(*good, salt);
      if (frame && follows(*frame)) {
        mended(where + ": one bit of a commit was wrong, and is put right");
        // A body in it lies in the file, where its bit is wrong still: it must be written once more.
        if (auto done = take(segment, at, *frame, frame->payload); !done) return fail(done);
        if (auto done = rewrite_bodies(frame->payload); !done) return fail(done);
        return at + frame->size;
      }
    }
    const auto after = read_frame(bytes.substr(to), salt);
    LostFrame lost{segment.number, at, reached_.sequence + 1, 0, ""};
    lost.last = after ? after->sequence - (after->kind == FrameKind::commit ? 1 : 0) : reached_.sequence + 1;
    const auto payload = std::min<std::uint64_t>(to, at + kFrameHeaderSize);
    lost.payload = bytes.substr(payload, to - payload);
    if (lost.first == lost.last && take_rows(segment, at, to, lost)) return to;
    if (lost.first <= lost.last) outcome_.lost.push_back(lost);
    reached_.sequence = std::max(reached_.sequence, lost.last);
    reached_.offset = to;
    return std::max(to, at + 1);
  }

  /// A commit whose damage lies in a body: its rows are good, and the body is found damaged by whoever reads it.
  bool take_rows(const Segment& segment, std::uint64_t at, std::uint64_t to, const LostFrame& lost) {
    const std::string_view bytes(segment.bytes);
    const auto length = ByteReader(bytes.substr(at + 8)).u32();
    if (at + kFrameHeaderSize + length > to) return false;
    const auto payload = bytes.substr(at + kFrameHeaderSize, length);
    const auto commit = decode_commit(payload);
    const bool is_in_body = commit && std::ranges::any_of(commit->blobs, [&](const EncodedBlob& blob) {
                              return codec::crc32c(payload.substr(blob.offset, blob.stored)) != blob.crc;
                            });
    if (!is_in_body) return false;
    Frame frame{.sequence = lost.first, .payload = payload, .size = to - at};
    return take(segment, at, frame, payload).has_value();
  }

  Result<void> take(const Segment& segment, std::uint64_t at, const Frame& frame, std::string_view payload) {
    reached_.offset = at + frame.size;
    if (frame.kind != FrameKind::commit) return {};
    const auto commit = decode_commit(payload);
    if (!commit) return fail(commit);
    for (const auto& row : commit->rows) {
      row.erase ? batch_.erase(row.key) : batch_.put(row.key, row.value);
      ++rows_;
    }
    for (const auto& blob : commit->blobs) {
      batch_.put(blob_key(blob.digest), encode(locate(blob, segment.number, at + kFrameHeaderSize)));
      ++rows_;
    }
    reached_.sequence = frame.sequence;
    return rows_ < kRowsABatch ? Result<void>() : apply();
  }

  /// Bodies of a mended frame go into files of their own: what lies in the log stays as it is.
  Result<void> rewrite_bodies(std::string_view payload) {
    const auto commit = decode_commit(payload);
    if (!commit) return fail(commit);
    BlobFolders folders(files_, folder_ + "/blobs");
    if (auto done = files_.make_folder(folder_ + "/blobs"); !done) return done;
    for (const auto& blob : commit->blobs) {
      const auto id = kMendedIds + next_mended_++;
      if (auto done = folders.need(id); !done) return done;
      auto file = write_blob_file(files_, folder_ + "/blobs", id);
      if (!file && file.error().code == Code::already_exists) {
        (void)files_.remove(blob_file_path(folder_ + "/blobs", id));
        file = write_blob_file(files_, folder_ + "/blobs", id);
      }
      if (!file) return fail(file);
      if (auto done = (*file)->append(payload.substr(blob.offset, blob.stored)); !done) return done;
      const auto staged = (*file)->finish(blob.digest);
      if (!staged) return fail(staged);
      const BlobLocation location{.kind = BlobLocation::in_file, .size = staged->size, .file_id = id};
      batch_.put(blob_key(blob.digest), encode(location));
      batch_.put(blob_file_key(id), std::string(view(blob.digest)));
    }
    return {};
  }

  /// How many bytes of living bodies each segment holds, as the rows of the bodies say.
  Result<void> count_living() {
    if (auto done = apply(); !done) return done;
    std::map<std::uint64_t, std::uint64_t> living;
    const auto prefix = KeyBuilder(Table::blob).take();
    const auto scanned = index_->scan(prefix, after_prefix(prefix), [&](std::string_view, std::string_view row) {
      const auto location = decode_location(row);
      if (location && location->kind == BlobLocation::in_log) living[location->segment] += location->stored;
      return true;
    });
    if (!scanned) return scanned;
    LivingBytes counted;
    if (auto done = counted.load(*index_); !done) return done;
    for (const auto& [number, bytes] : counted.by_segment())
      if (!living.contains(number)) batch_.erase(segment_key(number));
    for (const auto& [number, bytes] : living) {
      const auto known = counted.by_segment().find(number);
      if (known != counted.by_segment().end() && known->second == bytes) continue;
      std::string value;
      put_u64(value, bytes);
      batch_.put(segment_key(number), value);
    }
    return {};
  }

  Result<void> apply() {
    rows_ = 0;
    auto done = index_->apply(batch_, reached_);
    batch_ = rocks::Batch();
    return done;
  }

  /// Numbers of files that StagedFiles never reaches.
  static constexpr std::uint64_t kMendedIds = std::uint64_t{1} << 50;

  FileSystem& files_;
  const std::string folder_;
  const StoreOptions options_;
  std::unique_ptr<File> lock_;
  std::string store_id_;
  std::shared_ptr<rocks::Index> index_;
  rocks::Position reached_;
  rocks::Batch batch_;
  std::size_t rows_ = 0;
  std::uint64_t next_mended_ = static_cast<std::uint64_t>(to_micros(wall_now()));
  LogRepair outcome_;
};

}  // namespace

Result<LogRepair> repair_log(FileSystem& files, const std::string& folder, const StoreOptions& options) {
  return Repairer(files, folder, options).run();
}

}  // namespace posthorn::store::log
