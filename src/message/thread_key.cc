#include "message/thread_key.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "codec/unicode.h"
#include "message/field_syntax.h"

namespace posthorn::message {
namespace {

std::string collapse(std::string_view s) {
  std::string out;
  for (const char c : s) {
    if (!is_wsp(c))
      out += c;
    else if (!out.ends_with(' '))
      out += ' ';
  }
  return out;
}

void skip_wsp(std::string_view& s) {
  while (!s.empty() && is_wsp(s.front())) s.remove_prefix(1);
}

// Each of the following takes its production off the front (or the back) of `s` and says whether it was there.

bool take_text(std::string_view& s, std::string_view text) {
  if (!istarts_with(s, text)) return false;
  s.remove_prefix(text.size());
  return true;
}

// subj-blob = "[" *BLOBCHAR "]" *WSP
bool take_blob(std::string_view& s) {
  if (!s.starts_with('[')) return false;
  const auto end = s.find_first_of("[]", 1);
  if (end == std::string_view::npos || s[end] != ']') return false;
  s.remove_prefix(end + 1);
  skip_wsp(s);
  return true;
}

// subj-refwd = ("re" / ("fw" ["d"])) *WSP [subj-blob] ":"
bool take_refwd(std::string_view& s) {
  auto rest = s;
  if (!take_text(rest, "re") && !take_text(rest, "fwd") && !take_text(rest, "fw")) return false;
  skip_wsp(rest);
  take_blob(rest);
  if (!take_text(rest, ":")) return false;
  s = rest;
  return true;
}

// subj-leader = (*subj-blob subj-refwd) / WSP
bool take_leader(std::string_view& s, bool& is_reply) {
  if (!s.empty() && is_wsp(s.front())) {
    s.remove_prefix(1);
    return true;
  }
  auto rest = s;
  while (take_blob(rest)) {
  }
  if (!take_refwd(rest)) return false;
  is_reply = true;
  s = rest;
  return true;
}

// subj-trailer = "(fwd)" / WSP
bool take_trailer(std::string_view& s, bool& is_reply) {
  constexpr std::string_view kForwarded = "(fwd)";
  if (!s.empty() && is_wsp(s.back())) {
    s.remove_suffix(1);
    return true;
  }
  if (s.size() < kForwarded.size() || !iequals(s.substr(s.size() - kForwarded.size()), kForwarded)) return false;
  s.remove_suffix(kForwarded.size());
  is_reply = true;
  return true;
}

// A blob goes only where something stays.
bool take_leading_blob(std::string_view& s) {
  auto rest = s;
  if (!take_blob(rest) || rest.empty()) return false;
  s = rest;
  return true;
}

// The id behind the '<' at `at`, which goes behind the '>'.
std::optional<std::string> take_id(std::string_view s, std::size_t& at) {
  std::string id;
  bool has_at = false;
  for (++at; at < s.size() && id.size() <= kMaxMessageId;) {
    skip_cfws(s, at);
    if (at == s.size() || s[at] == '<') break;
    if (s[at] == '"') {
      id += take_quoted_string(s, at);
      continue;
    }
    const char c = s[at++];
    if (c == '>') return has_at && id.size() <= kMaxMessageId ? std::optional(codec::to_valid_utf8(id)) : std::nullopt;
    has_at = has_at || c == '@';
    if (!is_ctl(c)) id += c;
  }
  return std::nullopt;
}

}  // namespace

BaseSubject base_subject(std::string_view subject) {
  const auto collapsed = collapse(codec::cut_utf8(subject, kMaxBaseSubject));
  std::string_view s = collapsed;
  bool is_reply = false;
  while (true) {
    while (take_trailer(s, is_reply)) {
    }
    while (take_leader(s, is_reply) || take_leading_blob(s)) {
    }
    if (!istarts_with(s, "[fwd:") || !s.ends_with(']')) return {std::string(s), is_reply};
    s.remove_prefix(5);
    s.remove_suffix(1);
    is_reply = true;
  }
}

std::vector<std::string> message_ids(std::string_view value) {
  std::vector<std::string> ids;
  std::size_t at = value.find('<');
  while (at < value.size()) {
    auto id = take_id(value, at);
    at = value.find('<', at);
    if (!id || std::ranges::find(ids, *id) != ids.end()) continue;
    // The first names the thread, the last ones are nearest.
    if (ids.size() == kMaxReferences) ids.erase(ids.begin() + 1);
    ids.push_back(std::move(*id));
  }
  return ids;
}

}  // namespace posthorn::message
