#include "message/field_syntax.h"

#include "abnf/atom.h"
#include "base/text.h"

namespace posthorn::message {
namespace {

bool is_space(char c) { return is_wsp(c) || c == '\r' || c == '\n'; }

}  // namespace

std::string take_comment(std::string_view s, std::size_t& at) {
  std::string out;
  int depth = 0;
  for (; at < s.size(); ++at) {
    const char c = s[at];
    if (c == '(' && depth++ == 0) continue;
    if (c == ')' && --depth == 0) {
      ++at;
      break;
    }
    if (c == '\\' && at + 1 < s.size()) ++at;
    if (s[at] != '\r' && s[at] != '\n') out += s[at];
  }
  return out;
}

void skip_cfws(std::string_view s, std::size_t& at) {
  for (; at < s.size(); ++at) {
    if (is_space(s[at])) continue;
    if (s[at] != '(') return;
    take_comment(s, at);
    --at;
  }
}

std::string take_quoted_string(std::string_view s, std::size_t& at) {
  std::string out;
  for (++at; at < s.size(); ++at) {
    const char c = s[at];
    if (c == '"') {
      ++at;
      return out;
    }
    if (c == '\\' && at + 1 < s.size()) ++at;
    if (s[at] != '\r' && s[at] != '\n') out += s[at];
  }
  return out;
}

std::string_view take_token(std::string_view s, std::size_t& at) {
  const std::size_t start = at;
  while (at < s.size() && !is_ctl(s[at]) &&
         std::string_view(" ()<>@,;:\\\"/[]?=").find(s[at]) == std::string_view::npos)
    ++at;
  return s.substr(start, at - start);
}

std::string quoted_string(std::string_view s) {
  std::string out = "\"";
  for (const char c : s) {
    if (is_ctl(c)) continue;
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

bool is_atext(char c) { return is_8bit(c) || abnf::is_atext(c); }

}  // namespace posthorn::message
