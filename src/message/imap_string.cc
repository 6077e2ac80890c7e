#include "message/imap_string.h"

#include <algorithm>

#include "base/text.h"
#include "codec/charset.h"
#include "message/encoded_word.h"

namespace posthorn::message {
namespace {

std::string without_nul(std::string_view s) {
  std::string out(s);
  std::erase(out, '\0');
  return out;
}

}  // namespace

void put_string(std::string& out, std::string_view s) {
  if (s.find('\0') != std::string_view::npos) return put_string(out, without_nul(s));
  if (s.find_first_of("\r\n") != std::string_view::npos) {
    out += '{';
    out += std::to_string(s.size());
    out += "}\r\n";
    out += s;
    return;
  }
  out += '"';
  if (s.find_first_of("\"\\") == std::string_view::npos) {
    out += s;
  } else {
    for (const char c : s) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
  }
  out += '"';
}

void put_nstring(std::string& out, const std::optional<std::string>& s) {
  if (s)
    put_string(out, *s);
  else
    out += "NIL";
}

std::string fit_text(std::string_view text, Utf8 mode) {
  if (!has_8bit(text)) return std::string(text);
  return mode == Utf8::encode ? encode_words(decode_words(text)) : codec::charset_to_utf8(text, "");
}

std::string fit_token(std::string_view text, Utf8 mode) {
  if (!has_8bit(text)) return std::string(text);
  if (mode == Utf8::raw) return codec::charset_to_utf8(text, "");
  std::string out(text);
  std::ranges::replace_if(out, is_8bit, '?');
  return out;
}

}  // namespace posthorn::message
