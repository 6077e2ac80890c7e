#include "codec/crc32c.h"

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace posthorn::codec {
namespace {

using Tables = std::array<std::array<std::uint32_t, 256>, 8>;

constexpr Tables make_tables() {
  Tables t{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t c = i;
    for (int bit = 0; bit < 8; ++bit) c = c >> 1 ^ ((c & 1) != 0 ? 0x82f63b78u : 0);
    t[0][i] = c;
  }
  for (std::uint32_t i = 0; i < 256; ++i)
    for (std::size_t k = 1; k < 8; ++k) t[k][i] = t[k - 1][i] >> 8 ^ t[0][t[k - 1][i] & 255];
  return t;
}

constexpr Tables kTables = make_tables();

std::uint64_t load(const char* p) {
  std::uint64_t v;
  std::memcpy(&v, p, sizeof v);
  return v;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) std::uint32_t by_instruction(std::string_view bytes, std::uint32_t before) {
  std::uint64_t crc = ~before;
  const char* p = bytes.data();
  const char* const end = p + bytes.size();
  for (; end - p >= 8; p += 8) crc = _mm_crc32_u64(crc, load(p));
  auto last = static_cast<std::uint32_t>(crc);
  for (; p != end; ++p) last = _mm_crc32_u8(last, static_cast<unsigned char>(*p));
  return ~last;
}
const auto kBest = __builtin_cpu_supports("sse4.2") ? by_instruction : crc32c_by_tables;
#else
const auto kBest = crc32c_by_tables;
#endif

}  // namespace

std::uint32_t crc32c_by_tables(std::string_view bytes, std::uint32_t before) {
  static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
  std::uint32_t crc = ~before;
  const char* p = bytes.data();
  const char* const end = p + bytes.size();
  for (; end - p >= 8; p += 8) {
    const std::uint64_t v = load(p) ^ crc;
    crc = 0;
    for (std::size_t k = 0; k < 8; ++k) crc ^= kTables[7 - k][v >> (8 * k) & 255];
  }
  for (; p != end; ++p) crc = crc >> 8 ^ kTables[0][(crc ^ static_cast<unsigned char>(*p)) & 255];
  return ~crc;
}

std::uint32_t crc32c(std::string_view bytes, std::uint32_t before) { return kBest(bytes, before); }

}  // namespace posthorn::codec
