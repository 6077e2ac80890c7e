#include "smtp/syntax/reply.h"

#include <fmt/format.h>

#include "abnf/cursor.h"
#include "base/text.h"

namespace posthorn::smtp {
namespace {

constexpr std::size_t kMostLines = 512;
constexpr std::size_t kLongestText = 64 * 1024;
/// RFC 5321 4.5.3.1.5: 512 with everything.
constexpr std::size_t kLongestLine = 480;

// Takes "5.7.1 " off the front if it is one that fits the reply's code (RFC 2034 4).
EnhancedCode take_enhanced(std::string_view& text, std::uint16_t code) {
  abnf::Cursor c(text);
  EnhancedCode e;
  e.klass = c.number<std::uint16_t>();
  c.require_char('.');
  e.subject = c.number<std::uint16_t>();
  c.require_char('.');
  e.detail = c.number<std::uint16_t>();
  if (!c.at_end()) c.require_char(' ');
  if (!c.ok() || e.klass != code / 100 || e.subject > 999 || e.detail > 999) return {};
  text = c.rest();
  return e;
}

}  // namespace

std::string EnhancedCode::text() const { return is_none() ? "" : fmt::format("{}.{}.{}", klass, subject, detail); }

void Reply::print(std::string& out) const {
  std::string_view rest = text;
  const std::string prefix = enhanced.is_none() ? "" : enhanced.text() + ' ';
  while (true) {
    const auto lf = rest.find('\n');
    const bool is_last = lf == std::string_view::npos;
    fmt::format_to(std::back_inserter(out), "{:03}{}{}{}\r\n", code, is_last ? ' ' : '-', prefix,
                   printable(rest.substr(0, lf), kLongestLine));
    if (is_last) return;
    rest.remove_prefix(lf + 1);
  }
}

std::string Reply::print() const {
  std::string out;
  print(out);
  return out;
}

ReplyParser::Progress ReplyParser::restart(Progress with) {
  is_finished_ = true;
  return with;
}

ReplyParser::Progress ReplyParser::feed(std::string_view line) {
  if (std::exchange(is_finished_, false)) {
    reply_ = {};
    lines_ = 0;
  }
  const auto code = parse_decimal<std::uint16_t>(line.substr(0, 3));
  const char separator = line.size() > 3 ? line[3] : ' ';
  const bool is_reply =
      line.size() >= 3 && code && *code >= 200 && *code < 600 && (separator == ' ' || separator == '-');
  if (!is_reply || (lines_ > 0 && *code != reply_.code) || ++lines_ > kMostLines) return restart(Progress::failed);
  std::string_view text = line.size() > 4 ? line.substr(4) : std::string_view();
  const EnhancedCode enhanced = take_enhanced(text, *code);
  if (reply_.text.size() + text.size() > kLongestText) return restart(Progress::failed);
  if (lines_ > 1) reply_.text += '\n';
  reply_.code = *code;
  reply_.enhanced = enhanced.is_none() ? reply_.enhanced : enhanced;
  reply_.text += text;
  return separator == ' ' ? restart(Progress::done) : Progress::more;
}

}  // namespace posthorn::smtp
