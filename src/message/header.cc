#include "message/header.h"

#include <algorithm>
#include <cstring>

#include "base/text.h"

namespace posthorn::message {
namespace {

// The offset after the line break that ends the line at `at`, or the end.
std::size_t line_end(std::string_view s, std::size_t at) {
  const auto* lf = static_cast<const char*>(std::memchr(s.data() + at, '\n', s.size() - at));
  return lf == nullptr ? s.size() : static_cast<std::size_t>(lf - s.data()) + 1;
}

std::string_view without_break(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// RFC 5322 2.2: printable ASCII but the colon. 8-bit bytes are let through, they name nothing we know.
bool is_name(std::string_view name) {
  return !name.empty() && std::none_of(name.begin(), name.end(), [](char c) { return is_ctl(c) || c == ' '; });
}

bool is_among(std::string_view name, const std::vector<std::string>& names) {
  return std::ranges::any_of(names, [name](const std::string& n) { return iequals(n, name); });
}

}  // namespace

void Headers::Iterator::read() {
  const std::size_t start = next_;
  ended_ = start >= raw_.size();
  if (ended_) return;
  std::size_t end = line_end(raw_, start);
  if (without_break(raw_.substr(start, end - start)).empty()) {
    ended_ = true;
    return;
  }
  const std::size_t first_end = end;
  while (end < raw_.size() && is_wsp(raw_[end])) end = line_end(raw_, end);
  next_ = end;
  field_ = {{}, without_break(raw_.substr(start, end - start)), start, end - start};
  const auto colon = raw_.substr(start, first_end - start).find(':');
  if (colon == std::string_view::npos) return;
  auto name = raw_.substr(start, colon);
  while (!name.empty() && is_wsp(name.back())) name.remove_suffix(1);
  if (!is_name(name)) return;
  field_.name = name;
  field_.value.remove_prefix(std::min(colon + 1, field_.value.size()));
}

std::optional<Field> Headers::find(std::string_view name) const {
  for (const auto& field : *this)
    if (iequals(field.name, name)) return field;
  return std::nullopt;
}

std::string unfold(std::string_view value) {
  value = trim(value);
  std::string out;
  out.reserve(value.size());
  while (true) {
    const auto lf = value.find('\n');
    auto line = value.substr(0, lf);
    if (lf != std::string_view::npos && line.ends_with('\r')) line.remove_suffix(1);
    out += line;
    if (lf == std::string_view::npos) return out;
    value.remove_prefix(lf + 1);
    if (!value.starts_with('\t')) continue;
    out += ' ';
    value.remove_prefix(1);
  }
}

std::string select_header_fields(std::string_view raw, const std::vector<std::string>& names, Fields which) {
  std::string out;
  for (const auto& field : Headers(raw))
    if (is_among(field.name, names) == (which == Fields::of_names)) out += raw.substr(field.offset, field.size);
  if (!out.empty() && !out.ends_with('\n')) out += "\r\n";
  return out + "\r\n";
}

}  // namespace posthorn::message
