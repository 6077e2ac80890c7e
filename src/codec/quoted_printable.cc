#include "codec/quoted_printable.h"

#include <algorithm>

#include "base/text.h"

namespace posthorn::codec {
namespace {

constexpr std::size_t kColumns = 76;
constexpr char kHex[] = "0123456789ABCDEF";

bool is_plain(char c) { return c != '=' && !is_wsp(c) && c != '\r' && c != '\n'; }

}  // namespace

void QuotedPrintableDecoder::feed(std::string_view text, std::string& out) {
  while (!text.empty()) {
    if (!escape_.empty()) {
      escape(text.front(), out);
      text.remove_prefix(1);
      continue;
    }
    const auto run = static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_plain) - text.begin());
    if (run > 0) {
      out += spaces_;
      spaces_.clear();
      out += text.substr(0, run);
      text.remove_prefix(run);
      continue;
    }
    put(text.front(), out);
    text.remove_prefix(1);
  }
}

void QuotedPrintableDecoder::put(char c, std::string& out) {
  if (c == '=') {
    out += spaces_;
    spaces_.clear();
    escape_ = c;
  } else if (c == '\n') {
    // The CR of a CRLF is at the end of what is held.
    out += spaces_.ends_with('\r') ? "\r\n" : "\n";
    spaces_.clear();
  } else {
    if (spaces_.size() == kLongestRun) {
      out += spaces_;
      spaces_.clear();
    }
    spaces_ += c;
  }
}

void QuotedPrintableDecoder::escape(char c, std::string& out) {
  // After '=': two digits make a byte; a line break, with white space before it, makes nothing.
  const bool is_first = escape_.size() == 1;
  if (c == '\n' && (is_first || hex_value(escape_[1]) < 0)) {
    escape_.clear();
    return;
  }
  if (!is_first && hex_value(escape_[1]) >= 0 && hex_value(c) >= 0) {
    out += static_cast<char>(hex_value(escape_[1]) << 4 | hex_value(c));
    escape_.clear();
    return;
  }
  const bool may_go_on =
      (is_first && hex_value(c) >= 0) || ((is_wsp(c) || c == '\r') && (is_first || hex_value(escape_[1]) < 0));
  if (may_go_on && escape_.size() < kLongestRun) {
    escape_ += c;
    return;
  }
  const std::string literal = std::move(escape_);
  escape_.clear();
  out += '=';
  feed(std::string_view(literal).substr(1), out);
  feed({&c, 1}, out);
}

void QuotedPrintableDecoder::finish(std::string& out) {
  // An '=' with nothing but white space after it is a soft break cut short.
  if (escape_.size() > 1 && hex_value(escape_[1]) >= 0) out += escape_;
  escape_.clear();
  spaces_.clear();
}

std::string quoted_printable_encode(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  std::size_t column = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool crlf = c == '\r' && i + 1 < text.size() && text[i + 1] == '\n';
    if (c == '\n' || crlf) {
      i += crlf ? 1 : 0;
      out += "\r\n";
      column = 0;
      continue;
    }
    const bool ends_line = i + 1 == text.size() || text[i + 1] == '\n' || text.substr(i + 1).starts_with("\r\n");
    const bool encoded = c == '=' || is_8bit(c) || (is_ctl(c) && c != '\t') || (is_wsp(c) && ends_line);
    const std::size_t width = encoded ? 3 : 1;
    if (column + width > kColumns - (ends_line ? 0 : 1)) {
      out += "=\r\n";
      column = 0;
    }
    if (encoded) {
      const auto byte = static_cast<unsigned char>(c);
      out += '=';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
    column += width;
  }
  return out;
}

}  // namespace posthorn::codec
