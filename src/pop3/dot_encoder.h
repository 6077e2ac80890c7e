// A message as the lines of a multi-line reply, RFC 1939 3: a dot before a line that begins with one, CRLF at the end
// of each line. A bare LF, which only what was never sent by SMTP can hold, becomes a CRLF: clients differ in whether
// it ends a line, and a dot behind it must mean the same to all.
#pragma once

#include <string>
#include <string_view>

namespace posthorn::pop3 {

class DotEncoder {
 public:
  /// Appends what `bytes`, which go on where the last call ended, are by wire.
  void feed(std::string_view bytes, std::string& out) {
    while (!bytes.empty()) {
      if (at_line_start_ && bytes.front() == '.') out += '.';
      const auto line_end = bytes.find('\n');
      const auto text = bytes.substr(0, line_end);
      out += text;
      if (!text.empty()) last_is_cr_ = text.back() == '\r';
      at_line_start_ = line_end != std::string_view::npos;
      if (!at_line_start_) return;
      out += last_is_cr_ ? "\n" : "\r\n";
      last_is_cr_ = false;
      bytes.remove_prefix(line_end + 1);
    }
  }
  /// Appends the end of the reply.
  void finish(std::string& out) const {
    if (!at_line_start_) out += last_is_cr_ ? "\n" : "\r\n";
    out += ".\r\n";
  }

 private:
  bool at_line_start_ = true;
  bool last_is_cr_ = false;
};

}  // namespace posthorn::pop3
