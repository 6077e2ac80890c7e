#include "message/encoded_word.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "codec/base64.h"
#include "codec/charset.h"
#include "codec/unicode.h"
#include "message/header.h"

namespace posthorn::message {
namespace {

constexpr std::size_t kLongestCharset = 64;
constexpr std::string_view kWordStart = "=?utf-8?";
// RFC 2047 2: 75 columns, of which "=?utf-8?X?" and "?=" are not text.
constexpr std::size_t kTextColumns = 75 - 12;

struct Word {
  std::string_view charset;
  bool is_base64 = false;
  std::string_view text;
  std::size_t size = 0;
};

// The encoded word at the front of `s`, which begins with "=?".
std::optional<Word> take_word(std::string_view s) {
  const auto charset_end = s.substr(0, kLongestCharset + 3).find('?', 2);
  if (charset_end == std::string_view::npos || charset_end == 2 || charset_end + 2 >= s.size()) return std::nullopt;
  const char encoding = to_lower(s[charset_end + 1]);
  if ((encoding != 'b' && encoding != 'q') || s[charset_end + 2] != '?') return std::nullopt;
  const auto text = charset_end + 3;
  const auto end = s.find('?', text);
  if (end == std::string_view::npos || end + 1 >= s.size() || s[end + 1] != '=') return std::nullopt;
  auto charset = s.substr(2, charset_end - 2);
  charset = charset.substr(0, charset.find('*'));  // RFC 2231 5 puts a language after it
  return Word{charset, encoding == 'b', s.substr(text, end - text), end + 2};
}

void decode_q(std::string_view text, std::string& out) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '_') {
      out += ' ';
    } else if (text[i] == '=' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_value(text[i + 1]) << 4 | hex_value(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
}

void decode_bytes(const Word& word, std::string& out) {
  if (!word.is_base64) return decode_q(word.text, out);
  codec::Base64Decoder decoder;
  decoder.feed(word.text, out);
  decoder.finish(out);
}

// Line breaks and other controls that came out of an encoding would break the line that the text is shown on.
void put_on_one_line(std::string& out, std::string_view utf8) {
  for (const char c : utf8)
    if (!is_ctl(c) || c == '\t') out += c;
}

bool is_blank(std::string_view s) { return std::ranges::all_of(s, is_wsp); }

/// Decodes from left to right, holding the bytes of adjacent words of one charset together.
class Decoder {
 public:
  std::string decode(std::string_view s) {
    while (!s.empty()) {
      const auto start = s.find("=?");
      const auto word = start == std::string_view::npos ? std::nullopt : take_word(s.substr(start));
      const std::size_t plain = word ? start : start == std::string_view::npos ? s.size() : start + 2;
      if (!word || !after_word_ || !is_blank(s.substr(0, plain))) text(s.substr(0, plain));
      s.remove_prefix(plain);
      if (!word) continue;
      add(*word);
      s.remove_prefix(word->size);
    }
    flush();
    return std::move(out_);
  }

 private:
  void text(std::string_view plain) {
    if (plain.empty()) return;
    flush();
    after_word_ = false;
    put_on_one_line(out_, has_8bit(plain) ? codec::charset_to_utf8(plain, "") : std::string(plain));
  }
  void add(const Word& word) {
    if (after_word_ && !iequals(word.charset, charset_)) flush();
    charset_ = word.charset;
    after_word_ = true;
    decode_bytes(word, bytes_);
  }
  void flush() {
    if (!bytes_.empty()) put_on_one_line(out_, codec::charset_to_utf8(bytes_, charset_));
    bytes_.clear();
  }

  std::string out_;
  std::string bytes_;
  std::string_view charset_;
  bool after_word_ = false;
};

// RFC 2047 5 (3): what is safe in a phrase is safe everywhere.
bool is_plain_q(char c) { return is_alnum(c) || c == '!' || c == '*' || c == '+' || c == '-' || c == '/'; }

std::size_t q_width(std::string_view s) {
  std::size_t width = 0;
  for (const char c : s) width += is_plain_q(c) || c == ' ' ? 1 : 3;
  return width;
}

void put_q(std::string& out, std::string_view s) {
  constexpr char kHex[] = "0123456789ABCDEF";
  for (const char c : s) {
    if (c == ' ') {
      out += '_';
    } else if (is_plain_q(c)) {
      out += c;
    } else {
      out += {'=', kHex[static_cast<unsigned char>(c) >> 4], kHex[static_cast<unsigned char>(c) & 15]};
    }
  }
}

bool needs_encoding(std::string_view s) {
  return std::ranges::any_of(s, [](char c) { return is_8bit(c) || is_ctl(c); }) ||
         s.find("=?") != std::string_view::npos;
}

}  // namespace

std::string decode_words(std::string_view text) {
  auto line = unfold(text);
  const bool is_plain = std::ranges::none_of(line, [](char c) { return is_8bit(c) || is_ctl(c); });
  if (is_plain && line.find("=?") == std::string::npos) return line;
  return Decoder().decode(line);
}

std::string encode_words(std::string_view utf8) {
  if (!needs_encoding(utf8)) return std::string(utf8);
  const auto valid = codec::to_valid_utf8(utf8);
  std::string_view rest = valid;
  const bool base64 = q_width(rest) > (rest.size() + 2) / 3 * 4;
  std::string out;
  while (!rest.empty()) {
    std::size_t n = 0, width = 0;
    while (n < rest.size()) {
      auto after = rest.substr(n);
      codec::take_utf8(after);
      const auto next = rest.size() - after.size();
      width = base64 ? (next + 2) / 3 * 4 : width + q_width(rest.substr(n, next - n));
      if (width > kTextColumns) break;
      n = next;
    }
    if (!out.empty()) out += ' ';
    out += kWordStart;
    out += base64 ? "B?" : "Q?";
    if (base64)
      out += codec::base64_encode(rest.substr(0, n));
    else
      put_q(out, rest.substr(0, n));
    out += "?=";
    rest.remove_prefix(n);
  }
  return out;
}

}  // namespace posthorn::message
