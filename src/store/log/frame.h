// The bytes of the commit log.
//
// The log is a row of segments, files `NNNNNNNNNNNNNNNN.seg` (hexadecimal) of one size, written from front to back and
// zero beyond. Numbers are big-endian.
//
//   segment := header frame* zeros
//   header  := kHeaderSize bytes: magic(8) crc32c(4, of the rest up to kHeaderUsed) version(2) store_id(16) number(8)
//              first_sequence(8) previous_number(8) previous_end(8) zeros
//   frame   := magic(4) crc32c(4) length(4) kind(1) zeros(3) sequence(8) durable(8) payload(length) zeros to 8 bytes
//
// A frame's CRC covers all after it, and the segment's salt, which nobody outside can guess: bytes within a body never
// pass for a frame, whoever wrote them. Frames count up by `sequence`; `durable` is the last
// sequence known to be on disk when the frame was written.
//
// Invariants: only the last segment may end in the middle of a frame, as its last flush may have been cut off; where
// any earlier one ends is told by `previous_end` of the next, which was on disk before anything in it was
// acknowledged. What lies behind that end is void. A frame that is damaged although a later one, or an end mark, says
// that it was durable is reported (Code::damaged) and never skipped.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace posthorn::store::log {

inline constexpr std::size_t kHeaderSize = 4096;
inline constexpr std::size_t kFrameHeaderSize = 32;
inline constexpr std::size_t kFrameAlignment = 8;
/// The largest payload; a commit above it is refused with Code::too_big.
inline constexpr std::size_t kLargestPayload = 16 << 20;

struct SegmentHeader {
  std::string store_id;  ///< 16 bytes
  std::uint64_t number = 0;
  std::uint64_t first_sequence = 0;
  std::uint64_t previous_number = 0;  ///< 0 where there is none
  std::uint64_t previous_end = 0;     ///< offset in the previous segment behind its last frame in force
};

enum class FrameKind : std::uint8_t { commit = 1, end_mark = 2 };

struct Frame {
  FrameKind kind = FrameKind::commit;
  std::uint64_t sequence = 0;
  std::uint64_t durable = 0;
  std::string_view payload;
  std::size_t size = 0;  ///< with header and padding
};

std::string segment_name(std::uint64_t number);
/// nullopt where the name is not a segment's.
std::optional<std::uint64_t> segment_number(std::string_view name);

std::string encode_header(const SegmentHeader& header);
/// Errors: damaged; not_supported when a newer program wrote it.
Result<SegmentHeader> decode_header(std::string_view bytes);

/// What the CRCs of a segment's frames begin with, from the store's id and the segment's number.
std::uint64_t salt_of(std::string_view store_id, std::uint64_t number);

/// Completes a frame whose payload was appended to `out` behind kFrameHeaderSize reserved bytes at `start`.
void seal_frame(std::string& out, std::size_t start, std::uint64_t salt, FrameKind kind, std::uint64_t sequence,
                std::uint64_t durable);

/// The frame at the start of `bytes`, or nullopt if no whole, undamaged frame is there.
std::optional<Frame> read_frame(std::string_view bytes, std::uint64_t salt);

/// Whether bytes [from, end) hold a whole frame that knows `sequence` to be durable: proof that what is missing at
/// `from` was once on disk.
bool proves_durable(std::string_view bytes, std::uint64_t salt, std::uint64_t sequence);

}  // namespace posthorn::store::log
