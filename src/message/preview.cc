#include "message/preview.h"

#include <algorithm>

#include "base/text.h"
#include "codec/base64.h"
#include "codec/charset.h"
#include "codec/quoted_printable.h"
#include "codec/unicode.h"
#include "message/html_text.h"

namespace posthorn::message {
namespace {

enum class Quotes { skipped, kept };

bool is_space(char32_t c) {
  return c <= ' ' || c == 0x7f || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 ||
         c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000 || (c >= 0x80 && c < 0xa0);
}

// What newsletters pad their first line with.
bool is_invisible(char32_t c) {
  return c == 0xad || c == 0x34f || c == 0x61c || (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
         (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || c == 0xfffc;
}

std::string_view take_line(std::string_view& text) {
  const auto lf = text.find('\n');
  auto line = text.substr(0, lf);
  text.remove_prefix(lf == std::string_view::npos ? text.size() : lf + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

bool is_quoted(std::string_view line) { return trim(line).starts_with('>'); }

// "On Monday, Joe wrote:" before a quoted line.
bool is_attribution(std::string_view line, std::string_view rest) {
  if (!trim(line).ends_with(':')) return false;
  auto next = take_line(rest);
  if (trim(next).empty()) next = take_line(rest);
  return is_quoted(next);
}

/// Gathers words with one space between them up to the preview's length.
class Words {
 public:
  bool is_full() const { return length_ >= kPreviewLength; }

  void add_line(std::string_view line) {
    while (!line.empty() && !is_full()) {
      if (!space_ && line.front() > ' ' && line.front() < 0x7f) {  // nearly all there is
        out_ += line.front();
        line.remove_prefix(1);
        ++length_;
        continue;
      }
      const char32_t c = codec::take_utf8(line);
      if (is_invisible(c)) continue;
      if (is_space(c)) {
        space_ = !out_.empty();
        continue;
      }
      if (space_) put(' ');
      space_ = false;
      if (!is_full()) put(c);
    }
    space_ = !out_.empty();
  }

  std::string take() {
    while (out_.ends_with(' ')) out_.pop_back();
    return std::move(out_);
  }

 private:
  void put(char32_t c) {
    codec::put_utf8(out_, c);
    ++length_;
  }

  std::string out_;
  std::size_t length_ = 0;
  bool space_ = false;
};

std::string first_words(std::string_view text, Quotes quotes) {
  Words words;
  while (!text.empty() && !words.is_full()) {
    auto line = take_line(text);
    if (line == "-- ") break;  // RFC 3676 4.3
    if (quotes == Quotes::skipped && (is_quoted(line) || is_attribution(line, text))) continue;
    if (quotes == Quotes::kept)
      while (!line.empty() && (line.front() == '>' || is_wsp(line.front()))) line.remove_prefix(1);
    words.add_line(line);
  }
  return words.take();
}

}  // namespace

std::string decode_transfer(std::string_view body, std::string_view encoding) {
  std::string out;
  if (encoding == "base64") {
    codec::Base64Decoder decoder;
    decoder.feed(body, out);
    decoder.finish(out);
  } else if (encoding == "quoted-printable") {
    codec::QuotedPrintableDecoder decoder;
    decoder.feed(body, out);
    decoder.finish(out);
  } else {
    out = body;
  }
  return out;
}

std::string preview(const Parsed& message) {
  if (message.text_part == kNoPart) return {};
  const auto& part = message.tree.parts[message.text_part];
  const auto* charset = find_param(part.params, "charset");
  auto text = codec::charset_to_utf8(decode_transfer(message.text, part.encoding), charset != nullptr ? *charset : "");
  if (part.subtype == "html") text = html_text(text, kMaxText);
  auto words = first_words(text, Quotes::skipped);
  return words.empty() ? first_words(text, Quotes::kept) : words;
}

}  // namespace posthorn::message
