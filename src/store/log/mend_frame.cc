#include "store/log/mend_frame.h"

#include <array>
#include <bit>

#include "base/bytes.h"
#include "codec/crc32c.h"
#include "store/log/frame.h"

namespace posthorn::store::log {
namespace {

constexpr std::string_view kMagic = "PHFR";
constexpr std::size_t kCrcAt = 4, kLengthAt = 8;
constexpr std::size_t kCovered = 8;  ///< from here on

std::uint32_t read_u32(std::string_view bytes, std::size_t at) { return ByteReader(bytes.substr(at)).u32(); }

void flip(std::string& bytes, std::size_t at, int bit) { bytes[at] = static_cast<char>(bytes[at] ^ (1 << bit)); }

/// The place in `n` covered bytes of the one bit that changes a CRC by `difference`: byte * 8 + bit.
std::optional<std::uint64_t> find_bit(std::uint64_t n, std::uint32_t difference) {
  std::array<std::uint32_t, 256> step{};
  for (std::size_t i = 0; i < 256; ++i) {
    const char c = static_cast<char>(i), zero = '\0';
    step[i] = codec::crc32c({&c, 1}) ^ codec::crc32c({&zero, 1});
  }
  std::array<std::uint32_t, 8> of_bit{};
  for (std::size_t bit = 0; bit < 8; ++bit) of_bit[bit] = step[std::size_t{1} << bit];
  for (std::uint64_t at = n; at-- > 0;)
    for (std::size_t bit = 0; bit < 8; ++bit) {
      if (of_bit[bit] == difference) return at * 8 + bit;
      of_bit[bit] = step[of_bit[bit] & 255] ^ of_bit[bit] >> 8;
    }
  return std::nullopt;
}

std::optional<std::string> checked(std::string bytes, std::uint64_t salt) {
  const auto frame = read_frame(bytes, salt);
  if (!frame) return std::nullopt;
  bytes.resize(frame->size);
  return bytes;
}

}  // namespace

std::optional<std::string> mend_frame(std::string_view bytes, std::uint64_t salt) {
  if (bytes.size() < kFrameHeaderSize) return std::nullopt;
  std::string head(bytes.substr(0, kFrameHeaderSize));
  head.replace(0, kMagic.size(), kMagic);
  std::string seed;
  put_u64(seed, salt);
  const auto stored = read_u32(head, kCrcAt);
  const auto length = read_u32(head, kLengthAt);
  const auto whole = [&](std::uint32_t n) -> std::optional<std::string> {
    if (n > kLargestPayload || kFrameHeaderSize + n > bytes.size()) return std::nullopt;
    const auto padded = (kFrameHeaderSize + n + kFrameAlignment - 1) / kFrameAlignment * kFrameAlignment;
    std::string all = head + std::string(bytes.substr(kFrameHeaderSize, padded - kFrameHeaderSize));
    all.resize(padded, '\0');
    return all;
  };
  if (auto all = whole(length)) {
    const auto covered = std::string_view(*all).substr(kCovered, kFrameHeaderSize - kCovered + length);
    const auto difference = codec::crc32c(covered, codec::crc32c(seed)) ^ stored;
    if (std::popcount(difference) == 1) {
      const auto bit = std::countr_zero(difference);  // big-endian in the file
      flip(*all, kCrcAt + 3 - static_cast<std::size_t>(bit / 8), bit % 8);
    } else if (difference != 0) {
      const auto found = find_bit(covered.size(), difference);
      if (found) flip(*all, kCovered + *found / 8, static_cast<int>(*found % 8));
    }
    if (auto good = checked(std::move(*all), salt)) return good;
  }
  for (std::uint32_t bit = 0; bit < 32; ++bit) {
    auto all = whole(length ^ 1U << bit);
    if (!all) continue;
    flip(*all, kLengthAt + 3 - bit / 8, static_cast<int>(bit % 8));
    if (auto good = checked(std::move(*all), salt)) return good;
  }
  return std::nullopt;
}

}  // namespace posthorn::store::log
