// Writing and reading numbers in byte strings: big-endian (sorts as it counts), little-endian base-128 varints.
//
// Byte strings are std::string and std::string_view throughout; a view never outlives the string that it looks into.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace posthorn {
inline namespace base {

inline void put_u8(std::string& out, std::uint8_t v) { out += static_cast<char>(v); }
inline void put_u16(std::string& out, std::uint16_t v) {
  put_u8(out, static_cast<std::uint8_t>(v >> 8));
  put_u8(out, static_cast<std::uint8_t>(v));
}
inline void put_u32(std::string& out, std::uint32_t v) {
  put_u16(out, static_cast<std::uint16_t>(v >> 16));
  put_u16(out, static_cast<std::uint16_t>(v));
}
inline void put_u64(std::string& out, std::uint64_t v) {
  put_u32(out, static_cast<std::uint32_t>(v >> 32));
  put_u32(out, static_cast<std::uint32_t>(v));
}
inline void put_varint(std::string& out, std::uint64_t v) {
  for (; v >= 0x80; v >>= 7) put_u8(out, static_cast<std::uint8_t>(v | 0x80));
  put_u8(out, static_cast<std::uint8_t>(v));
}
/// A varint of the length, then the bytes.
inline void put_string(std::string& out, std::string_view s) {
  put_varint(out, s.size());
  out += s;
}

/// Reads what the put_ functions wrote. The error is sticky: after a short or bad read every value is 0 or empty and
/// ok() is false for good. Views returned look into the bytes given to the constructor.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  std::uint8_t u8() { return static_cast<std::uint8_t>(big_endian(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(big_endian(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(big_endian(4)); }
  std::uint64_t u64() { return big_endian(8); }

  std::uint64_t varint() {
    std::uint64_t v = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint8_t b = u8();
      v |= static_cast<std::uint64_t>(b & 0x7f) << shift;
      if (b < 0x80) return ok_ ? v : 0;
    }
    ok_ = false;
    return 0;
  }

  std::string_view bytes(std::uint64_t n) {
    if (n > rest_.size()) ok_ = false;
    if (!ok_) return {};
    const auto s = rest_.substr(0, n);
    rest_.remove_prefix(n);
    return s;
  }
  std::string_view string() { return bytes(varint()); }

  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }
  void set_failed() { ok_ = false; }

 private:
  std::uint64_t big_endian(std::size_t n) {
    std::uint64_t v = 0;
    for (const unsigned char c : bytes(n)) v = v << 8 | c;
    return v;
  }

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace base
}  // namespace posthorn
