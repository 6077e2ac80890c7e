#include "store/log/frame.h"

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/text.h"
#include "codec/crc32c.h"

namespace posthorn::store::log {
namespace {

constexpr std::string_view kSegmentMagic = "PHSEGMNT";
constexpr std::string_view kFrameMagic = "PHFR";
constexpr std::uint16_t kVersion = 1;
constexpr std::size_t kHeaderUsed = 8 + 4 + 2 + 16 + 8 * 4;
constexpr std::size_t kCrcEnd = 8;  // magic and CRC of a frame

std::size_t padded(std::size_t n) { return (n + kFrameAlignment - 1) / kFrameAlignment * kFrameAlignment; }

std::uint32_t frame_crc(std::string_view covered, std::uint64_t salt) {
  std::string seed;
  put_u64(seed, salt);
  return codec::crc32c(covered, codec::crc32c(seed));
}

void overwrite(std::string& out, std::size_t at, std::string_view bytes) { out.replace(at, bytes.size(), bytes); }

}  // namespace

std::string segment_name(std::uint64_t number) { return fmt::format("{:016x}.seg", number); }

std::optional<std::uint64_t> segment_number(std::string_view name) {
  if (name.size() != 20 || !name.ends_with(".seg")) return std::nullopt;
  std::uint64_t number = 0;
  for (const char c : name.substr(0, 16)) {
    if (hex_value(c) < 0) return std::nullopt;
    number = number << 4 | static_cast<std::uint64_t>(hex_value(c));
  }
  return number;
}

std::string encode_header(const SegmentHeader& header) {
  std::string rest;
  put_u16(rest, kVersion);
  rest += header.store_id;
  for (const auto n : {header.number, header.first_sequence, header.previous_number, header.previous_end})
    put_u64(rest, n);
  std::string out(kSegmentMagic);
  put_u32(out, codec::crc32c(rest));
  out += rest;
  out.resize(kHeaderSize, '\0');
  return out;
}

Result<SegmentHeader> decode_header(std::string_view bytes) {
  ByteReader in(bytes.substr(0, kHeaderUsed));
  if (in.bytes(kSegmentMagic.size()) != kSegmentMagic) return fail(Code::damaged, "not a segment of the log");
  const auto crc = in.u32();
  const auto rest = in.rest();
  const auto version = in.u16();
  SegmentHeader header;
  header.store_id = in.bytes(16);
  header.number = in.u64();
  header.first_sequence = in.u64();
  header.previous_number = in.u64();
  header.previous_end = in.u64();
  if (!in.ok() || codec::crc32c(rest) != crc) return fail(Code::damaged, "a segment with a damaged header");
  if (version != kVersion)
    return fail(Code::not_supported,
                fmt::format("a log of version {}; this program knows version {}", version, kVersion));
  return header;
}

std::uint64_t salt_of(std::string_view store_id, std::uint64_t number) {
  return ByteReader(store_id).u64() ^ number * 0x9e3779b97f4a7c15;
}

void seal_frame(std::string& out, std::size_t start, std::uint64_t salt, FrameKind kind, std::uint64_t sequence,
                std::uint64_t durable) {
  std::string head(kFrameMagic);
  put_u32(head, 0);
  put_u32(head, static_cast<std::uint32_t>(out.size() - start - kFrameHeaderSize));
  put_u32(head, static_cast<std::uint32_t>(kind) << 24);
  put_u64(head, sequence);
  put_u64(head, durable);
  overwrite(out, start, head);
  std::string crc;
  put_u32(crc, frame_crc(std::string_view(out).substr(start + kCrcEnd), salt));
  overwrite(out, start + kFrameMagic.size(), crc);
  out.resize(start + padded(out.size() - start), '\0');
}

std::optional<Frame> read_frame(std::string_view bytes, std::uint64_t salt) {
  ByteReader in(bytes);
  if (in.bytes(kFrameMagic.size()) != kFrameMagic) return std::nullopt;
  const auto crc = in.u32();
  const auto length = in.u32();
  const auto kind = in.u32() >> 24;
  Frame frame;
  frame.sequence = in.u64();
  frame.durable = in.u64();
  frame.payload = in.bytes(length);
  if (!in.ok() || length > kLargestPayload) return std::nullopt;
  if (kind != 1 && kind != 2) return std::nullopt;
  frame.kind = static_cast<FrameKind>(kind);
  if (frame_crc(bytes.substr(kCrcEnd, kFrameHeaderSize - kCrcEnd + length), salt) != crc) return std::nullopt;
  frame.size = padded(kFrameHeaderSize + length);
  return frame;
}

bool proves_durable(std::string_view bytes, std::uint64_t salt, std::uint64_t sequence) {
  for (auto at = bytes.find(kFrameMagic); at != std::string_view::npos; at = bytes.find(kFrameMagic, at + 1)) {
    const auto frame = read_frame(bytes.substr(at), salt);
    if (frame && frame->durable >= sequence) return true;
  }
  return false;
}

}  // namespace posthorn::store::log
