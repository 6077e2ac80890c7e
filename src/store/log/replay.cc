#include "store/log/replay.h"

#include <fmt/format.h>

namespace posthorn::store::log {
namespace {

std::unexpected<Error> damaged(std::uint64_t segment, std::uint64_t offset, std::string_view what) {
  return fail(Code::damaged, fmt::format("log segment {} at offset {}: {}", segment_name(segment), offset, what));
}

struct Segment {
  SegmentHeader header;
  std::uint64_t salt = 0;
  std::string bytes;
};

Result<Segment> load(FileSystem& files, const std::string& path, std::uint64_t number, const std::string& store_id) {
  auto bytes = read_file(files, path);
  if (!bytes) return fail(bytes);
  auto header = decode_header(*bytes);
  if (!header && header.error().code == Code::damaged) return damaged(number, 0, header.error().text);
  if (!header) return fail(header.error().code, path + ": " + header.error().text);
  if (header->number != number || header->store_id != store_id)
    return damaged(number, 0, "the segment belongs to another place or another store");
  return Segment{std::move(*header), salt_of(store_id, number), std::move(*bytes)};
}

/// The end of frames that `next` declares, or the file's where the segment is the last.
struct Limits {
  std::uint64_t end;
  bool declared;
};

/// The frame at `at` if it is the one to come, be it behind a damaged end mark.
std::optional<Frame> next_frame(const Segment& segment, std::uint64_t& at, std::uint64_t end, std::uint64_t sequence) {
  const auto bytes = std::string_view(segment.bytes).substr(0, end);
  const auto follows = [sequence](const std::optional<Frame>& frame) {
    return frame && frame->sequence == sequence + (frame->kind == FrameKind::commit ? 1 : 0);
  };
  const auto here = read_frame(bytes.substr(at), segment.salt);
  if (follows(here)) return here;
  if (here || at + kFrameHeaderSize > end) return std::nullopt;
  const auto behind = read_frame(bytes.substr(at + kFrameHeaderSize), segment.salt);
  if (!follows(behind)) return std::nullopt;
  at += kFrameHeaderSize;
  return behind;
}

/// Visits the frames of one segment from `at`; leaves `end` behind the last one.
Result<void> walk(const Segment& segment, std::uint64_t at, Limits limits, LogEnd& end, const FrameVisitor& visit) {
  const std::string_view bytes(segment.bytes);
  const std::uint64_t number = segment.header.number;
  end.flushed = at;
  while (at < limits.end) {
    const auto frame = next_frame(segment, at, limits.end, end.sequence);
    if (!frame) {
      if (limits.declared) return damaged(number, at, "a commit that was durable cannot be read");
      if (proves_durable(bytes.substr(at), segment.salt, end.sequence + 1))
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
  end.is_clean = bytes.find_first_not_of('\0', at) == std::string_view::npos;
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
  auto current = load(files, it->second, it->first, store_id);
  if (!current) return fail(current);
  while (true) {
    const auto next = std::next(it);
    Result<Segment> following = Segment{};
    Limits limits{current->bytes.size(), false};
    if (next != segments->end()) {
      following = load(files, next->second, next->first, store_id);
      if (!following) return fail(following);
      if (following->header.previous_number != it->first)
        return damaged(next->first, 0, "the segment before it is missing");
      limits = {following->header.previous_end, true};
      if (limits.end > current->bytes.size()) return damaged(it->first, current->bytes.size(), "the file is too short");
    }
    const bool is_first = it->first == segment && offset != 0;
    if (!is_first && current->header.first_sequence != end.sequence + 1)
      return damaged(it->first, 0, "commits before the segment are missing");
    const std::uint64_t from = is_first ? offset : kHeaderSize;
    if (auto done = walk(*current, from, limits, end, visit); !done) return fail(done);
    if (next == segments->end()) return end;
    current = std::move(following);
    it = next;
  }
}

}  // namespace posthorn::store::log
