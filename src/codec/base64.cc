#include "codec/base64.h"

#include <algorithm>
#include <array>

namespace posthorn::codec {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrlAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t kForeign = 0xff;

using Values = std::array<std::uint8_t, 256>;

constexpr Values values_of(std::string_view alphabet) {
  Values values{};
  values.fill(kForeign);
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  return values;
}

constexpr Values kValues = values_of(kAlphabet);
constexpr Values kUrlValues = values_of(kUrlAlphabet);

std::uint32_t value(const Values& values, char c) { return values[static_cast<unsigned char>(c)]; }
std::uint32_t byte(char c) { return static_cast<unsigned char>(c); }

// Writes ceil(n/3) groups; the last one is padded if `pad` is a character, cut short if it is NUL.
std::size_t encode_to(char* out, std::string_view bytes, std::string_view alphabet, char pad) {
  char* const start = out;
  std::size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3) {
    const std::uint32_t v = byte(bytes[i]) << 16 | byte(bytes[i + 1]) << 8 | byte(bytes[i + 2]);
    *out++ = alphabet[v >> 18];
    *out++ = alphabet[v >> 12 & 63];
    *out++ = alphabet[v >> 6 & 63];
    *out++ = alphabet[v & 63];
  }
  const std::size_t left = bytes.size() - i;
  if (left == 0) return static_cast<std::size_t>(out - start);
  const std::uint32_t v = byte(bytes[i]) << 16 | (left == 2 ? byte(bytes[i + 1]) << 8 : 0);
  *out++ = alphabet[v >> 18];
  *out++ = alphabet[v >> 12 & 63];
  if (left == 2) *out++ = alphabet[v >> 6 & 63];
  for (std::size_t n = left; pad != '\0' && n < 3; ++n) *out++ = pad;
  return static_cast<std::size_t>(out - start);
}

std::string encode(std::string_view bytes, std::string_view alphabet, char pad) {
  std::string out((bytes.size() + 2) / 3 * 4, '\0');
  out.resize(encode_to(out.data(), bytes, alphabet, pad));
  return out;
}

// `text` without padding.
Result<std::string> decode(std::string_view text, const Values& values) {
  if (text.size() % 4 == 1) return fail(Code::syntax, "base64 is cut short");
  std::string out;
  out.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t bits = 0;
  int have = 0;
  for (const char c : text) {
    const std::uint32_t v = value(values, c);
    if (v == kForeign) return fail(Code::syntax, "a byte is not in the base64 alphabet");
    bits = bits << 6 | v;
    have += 6;
    if (have < 8) continue;
    have -= 8;
    out += static_cast<char>(bits >> have);
    bits &= (1u << have) - 1;
  }
  if (bits != 0) return fail(Code::syntax, "unused bits of base64 are not zero");
  return out;
}

}  // namespace

std::string base64_encode(std::string_view bytes) { return encode(bytes, kAlphabet, '='); }
std::string base64url_encode(std::string_view bytes) { return encode(bytes, kUrlAlphabet, '\0'); }

std::string base64_encode_lines(std::string_view bytes) {
  std::string out;
  Base64Encoder encoder(Base64Encoder::Lines::of_76);
  encoder.feed(bytes, out);
  encoder.finish(out);
  return out;
}

Result<std::string> base64_decode(std::string_view text) {
  if (text.size() % 4 != 0) return fail(Code::syntax, "base64 is not padded");
  for (int pads = 0; pads < 2 && text.ends_with('='); ++pads) text.remove_suffix(1);
  return decode(text, kValues);
}

Result<std::string> base64url_decode(std::string_view text) { return decode(text, kUrlValues); }

void Base64Decoder::end_group(std::string& out) {
  if (count_ >= 2) out += static_cast<char>(bits_ >> (count_ == 3 ? 10 : 4));
  if (count_ == 3) out += static_cast<char>(bits_ >> 2);
  bits_ = 0;
  count_ = 0;
}

void Base64Decoder::feed(std::string_view text, std::string& out) {
  std::size_t i = 0;
  while (i < text.size()) {
    // Whole groups in the alphabet are nearly all there is; the rest goes byte by byte.
    for (; count_ == 0 && i + 4 <= text.size(); i += 4) {
      const std::uint32_t a = value(kValues, text[i]), b = value(kValues, text[i + 1]);
      const std::uint32_t c = value(kValues, text[i + 2]), d = value(kValues, text[i + 3]);
      if ((a | b | c | d) > 63) break;
      const std::uint32_t v = a << 18 | b << 12 | c << 6 | d;
      const char group[3] = {static_cast<char>(v >> 16), static_cast<char>(v >> 8), static_cast<char>(v)};
      out.append(group, 3);
    }
    if (i == text.size()) return;
    const char c = text[i++];
    const std::uint32_t v = value(kValues, c);
    if (v != kForeign) {
      bits_ = bits_ << 6 | v;
      if (++count_ < 4) continue;
      out += static_cast<char>(bits_ >> 16);
      out += static_cast<char>(bits_ >> 8);
      out += static_cast<char>(bits_);
      bits_ = 0;
      count_ = 0;
    } else if (c == '=') {
      end_group(out);
    }
  }
}

void Base64Decoder::finish(std::string& out) { end_group(out); }

void Base64Encoder::put(std::string_view bytes, std::string& out) {
  while (!bytes.empty()) {
    const std::size_t room = lines_ == Lines::none ? bytes.size() : (76 - column_) / 4 * 3;
    const auto piece = bytes.substr(0, room);
    const std::size_t at = out.size();
    out.resize(at + (piece.size() + 2) / 3 * 4);
    column_ += encode_to(out.data() + at, piece, kAlphabet, '=');
    bytes.remove_prefix(piece.size());
    if (lines_ == Lines::of_76 && column_ == 76) {
      out += "\r\n";
      column_ = 0;
    }
  }
}

void Base64Encoder::feed(std::string_view bytes, std::string& out) {
  while (rest_size_ > 0 && rest_size_ < 3 && !bytes.empty()) {
    rest_[rest_size_++] = bytes.front();
    bytes.remove_prefix(1);
  }
  if (rest_size_ == 3) {
    put({rest_, 3}, out);
    rest_size_ = 0;
  }
  if (rest_size_ > 0) return;
  const std::size_t whole = bytes.size() / 3 * 3;
  put(bytes.substr(0, whole), out);
  rest_size_ = bytes.copy(rest_, 3, whole);
}

void Base64Encoder::finish(std::string& out) {
  put({rest_, rest_size_}, out);
  rest_size_ = 0;
  if (lines_ == Lines::of_76 && column_ > 0) out += "\r\n";
  column_ = 0;
}

}  // namespace posthorn::codec
