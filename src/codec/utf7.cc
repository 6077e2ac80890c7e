#include "codec/utf7.h"

#include <array>
#include <cstdint>

#include "codec/unicode.h"

namespace posthorn::codec {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

constexpr bool is_printable(char32_t c) { return c >= 0x20 && c <= 0x7e; }
constexpr bool is_high(char32_t c) { return c >= 0xd800 && c <= 0xdbff; }
constexpr bool is_low(char32_t c) { return c >= 0xdc00 && c <= 0xdfff; }

/// Gathers UTF-16 units of one shift.
class Shift {
 public:
  void unit(std::uint32_t u, std::string& out) {
    bits_ = bits_ << 16 | u;
    have_ += 16;
    for (; have_ >= 6; have_ -= 6) out += kAlphabet[bits_ >> (have_ - 6) & 63];
  }
  void code_point(char32_t c, std::string& out) {
    if (c < 0x10000) return unit(c, out);
    unit(0xd800 + ((c - 0x10000) >> 10), out);
    unit(0xdc00 + ((c - 0x10000) & 0x3ff), out);
  }
  void end(std::string& out) {
    if (have_ > 0) out += kAlphabet[bits_ << (6 - have_) & 63];
    out += '-';
    bits_ = 0;
    have_ = 0;
  }

 private:
  std::uint64_t bits_ = 0;
  unsigned have_ = 0;
};

// The contents of one shift, between '&' and '-', not empty.
bool decode_shift(std::string_view text, std::string& out) {
  std::uint32_t bits = 0;
  unsigned have = 0;
  char32_t high = 0;
  for (const char c : text) {
    const auto value = kAlphabet.find(c);
    if (value == std::string_view::npos) return false;
    bits = (bits << 6 | static_cast<std::uint32_t>(value)) & 0xffffff;
    have += 6;
    if (have < 16) continue;
    have -= 16;
    const char32_t unit = bits >> have & 0xffff;
    if (is_printable(unit) || is_low(unit) != (high != 0)) return false;
    if (is_high(unit)) {
      high = unit;
    } else {
      put_utf8(out, high != 0 ? 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00) : unit);
      high = 0;
    }
  }
  // Fewer than six bits may be left, all zero.
  return high == 0 && have < 6 && (bits & ((1u << have) - 1)) == 0;
}

}  // namespace

std::string utf7_encode(std::string_view utf8) {
  std::string out;
  Shift shift;
  bool shifted = false;
  while (!utf8.empty()) {
    const char32_t c = take_utf8(utf8);
    if (is_printable(c)) {
      if (shifted) shift.end(out);
      shifted = false;
      out += static_cast<char>(c);
      if (c == '&') out += '-';
      continue;
    }
    if (!shifted) out += '&';
    shifted = true;
    shift.code_point(c, out);
  }
  if (shifted) shift.end(out);
  return out;
}

Result<std::string> utf7_decode(std::string_view name) {
  std::string out;
  bool after_shift = false;
  while (!name.empty()) {
    const char c = name.front();
    name.remove_prefix(1);
    if (!is_printable(static_cast<unsigned char>(c))) return fail(Code::syntax, "a byte is not printable ASCII");
    if (c != '&') {
      out += c;
      after_shift = false;
      continue;
    }
    const auto end = name.find('-');
    if (end == std::string_view::npos) return fail(Code::syntax, "a shift is not closed by '-'");
    if (end == 0) {
      out += '&';
      after_shift = false;
    } else {
      if (after_shift) return fail(Code::syntax, "two shifts follow one another");
      if (!decode_shift(name.substr(0, end), out)) return fail(Code::syntax, "a shift is not canonical UTF-7");
      after_shift = true;
    }
    name.remove_prefix(end + 1);
  }
  return out;
}

}  // namespace posthorn::codec
