#include "store/log/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace posthorn::store::log {
namespace {

std::unexpected<Error> damaged(std::uint64_t segment, std::uint64_t offset, std::string_view what) {
  return fail(Code::damaged, fmt::format("log segment {} at offset {}: {}", segment_name(segment), offset, what));
}

/// A segment's header, and its bytes from some offset on.
struct Segment {
  SegmentHeader header;
  std::uint64_t salt = 0;
  std::uint64_t begin = kHeaderSize;
  std::string bytes;

  std::uint64_t size() const { return begin + bytes.size(); }
  /// Bytes [at, end) of the file; `at` is not before `begin`.
  std::string_view between(std::uint64_t at, std::uint64_t end) const {
    return std::string_view(bytes).substr(at - begin, end - at);
  }
};

Result<std::string> read_from(const File& file, std::uint64_t offset, std::uint64_t end) {
  std::string bytes;
  bytes.resize_and_overwrite(end - std::min(offset, end), [](char*, std::size_t n) { return n; });
  const auto read = file.read_at(offset, bytes.data(), bytes.size(), Wait::disk);
  if (!read) return fail(read);
  bytes.resize(*read);
  return bytes;
}

Result<Segment> load(FileSystem& files, const std::string& path, std::uint64_t number, const std::string& store_id,
                     std::uint64_t begin = kHeaderSize) {
  const auto file = files.open(path, Open::read);
  const auto size = file ? (*file)->size() : fail(file);
  const auto head = size ? read_from(**file, 0, std::min<std::uint64_t>(kHeaderSize, *size)) : fail(size);
  if (!head) return fail(head);
  auto header = decode_header(*head);
  if (!header && header.error().code == Code::damaged) return damaged(number, 0, header.error().text);
  if (!header) return fail(header.error().code, path + ": " + header.error().text);
  if (header->number != number || header->store_id != store_id)
    return damaged(number, 0, "the segment belongs to another place or another store");
  auto bytes = read_from(**file, begin, *size);
  if (!bytes) return fail(bytes);
  return Segment{std::move(*header), salt_of(store_id, number), begin, std::move(*bytes)};
}

bool is_zero(std::string_view bytes) {
  return bytes.empty() || (bytes[0] == '\0' && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

/// The end of frames that `next` declares, or the file's where the segment is the last.
struct Limits {
  std::uint64_t end;
  bool declared;
};

/// The frame at `at` if it is the one to come, be it behind a damaged end mark.
std::optional<Frame> next_frame(const Segment& segment, std::uint64_t& at, std::uint64_t end, std::uint64_t sequence) {
  const auto follows = [sequence](const std::optional<Frame>& frame) {
    return frame && frame->sequence == sequence + (frame->kind == FrameKind::commit ? 1 : 0);
  };
  const auto here = read_frame(segment.between(at, end), segment.salt);
  if (follows(here)) return here;
  if (here || at + kFrameHeaderSize > end) return std::nullopt;
  const auto behind = read_frame(segment.between(at + kFrameHeaderSize, end), segment.salt);
  if (!follows(behind)) return std::nullopt;
  at += kFrameHeaderSize;
  return behind;
}

/// Visits the frames of one segment; leaves `end` behind the last one.
Result<void> walk(const Segment& segment, Limits limits, LogEnd& end, const FrameVisitor& visit) {
  const std::uint64_t number = segment.header.number;
  std::uint64_t at = segment.begin;
  end.flushed = at;
  while (at < limits.end) {
    const auto frame = next_frame(segment, at, limits.end, end.sequence);
    if (!frame) {
      if (limits.declared) return damaged(number, at, "a commit that was durable cannot be read");
      if (proves_durable(segment.between(at, segment.size()), segment.salt, end.sequence + 1))
        return damaged(number, at, "a commit that was durable cannot be read, though later ones can");
      break;
    }
    if (frame->durable == end.sequence) end.flushed = at;
    if (frame->kind == FrameKind::commit) {
      const FramePlace place{number, at + kFrameHeaderSize, at + frame->size, frame->sequence};
      if (auto done = visit(place, frame->payload); !done) return done;
      end.sequence = frame->sequence;
    }
    at += frame->size;
  }
  end.segment = number;
  end.offset = at;
  end.is_clean = is_zero(segment.between(at, segment.size()));
  return {};
}

}  // namespace

Result<std::map<std::uint64_t, std::string>> list_segments(FileSystem& files, const std::string& folder) {
  const auto names = files.list(folder);
  if (!names) return fail(names);
  const auto prefix = folder + "/";
  std::map<std::uint64_t, std::string> segments;
  for (const auto& name : *names)
    if (const auto number = segment_number(name)) segments.emplace(*number, prefix + name);
  return segments;
}

Result<LogEnd> replay(FileSystem& files, const std::string& folder, const std::string& store_id, std::uint64_t segment,
                      std::uint64_t offset, std::uint64_t sequence, const FrameVisitor& visit) {
  const auto segments = list_segments(files, folder);
  if (!segments) return fail(segments);
  LogEnd end{.segment = segment, .offset = offset, .sequence = sequence};
  auto it = segments->lower_bound(segment);
  if (segment != 0 && (it == segments->end() || it->first != segment))
    return damaged(segment, offset, "the segment is missing");
  if (it == segments->end()) return end;
  const bool begins_within = it->first == segment && offset != 0;
  auto current = load(files, it->second, it->first, store_id, begins_within ? offset : kHeaderSize);
  if (!current) return fail(current);
  while (true) {
    const auto next = std::next(it);
    Result<Segment> following = Segment{};
    Limits limits{current->size(), false};
    if (next != segments->end()) {
      following = load(files, next->second, next->first, store_id);
      if (!following) return fail(following);
      if (following->header.previous_number != it->first)
        return damaged(next->first, 0, "the segment before it is missing");
      limits = {following->header.previous_end, true};
      if (limits.end > current->size()) return damaged(it->first, current->size(), "the file is too short");
    }
    const bool is_first = begins_within && it->first == segment;
    if (!is_first && current->header.first_sequence != end.sequence + 1)
      return damaged(it->first, 0, "commits before the segment are missing");
    if (auto done = walk(*current, limits, end, visit); !done) return fail(done);
    if (next == segments->end()) return end;
    current = std::move(following);
    it = next;
  }
}

}  // namespace posthorn::store::log
