#include "migration/mbox_reader.h"

#include <algorithm>

#include "base/text.h"
#include "message/date_time.h"
#include "message/encoded_word.h"
#include "message/header.h"

namespace posthorn::migration {
namespace {

constexpr std::size_t kWindow = 256 * 1024;
constexpr std::size_t kLongestLine = 1000;
constexpr std::string_view kFrom = "From ";

bool is_time_at(std::string_view s, std::size_t i) {
  return i + 5 <= s.size() && is_digit(s[i]) && is_digit(s[i + 1]) && s[i + 2] == ':' && is_digit(s[i + 3]) &&
         is_digit(s[i + 4]);
}

bool is_year_at(std::string_view s, std::size_t i) {
  return i + 4 <= s.size() && (s.substr(i, 2) == "19" || s.substr(i, 2) == "20") && is_digit(s[i + 2]) &&
         is_digit(s[i + 3]) && (i + 4 == s.size() || !is_digit(s[i + 4])) && !is_digit(s[i - 1]);
}

}  // namespace

bool is_from_line(std::string_view line) {
  if (!line.starts_with(kFrom)) return false;
  bool has_time = false, has_year = false;
  for (std::size_t i = kFrom.size(); i < line.size(); ++i) {
    has_time = has_time || is_time_at(line, i);
    has_year = has_year || is_year_at(line, i);
  }
  return has_time && has_year;
}

std::optional<WallTime> time_of_from_line(std::string_view line) {
  if (!is_from_line(line)) return std::nullopt;
  // The sender may hold anything; the date begins with the day's name.
  for (const std::string_view day : {"Mon ", "Tue ", "Wed ", "Thu ", "Fri ", "Sat ", "Sun ", "Mon, ", "Tue, ", "Wed, ",
                                     "Thu, ", "Fri, ", "Sat, ", "Sun, "}) {
    const auto at = line.find(" " + std::string(day));
    if (at == std::string_view::npos) continue;
    if (const auto date = message::parse_date(line.substr(at + 1))) return from_seconds(date->seconds);
  }
  return std::nullopt;
}

std::string_view MboxReader::window(std::uint64_t offset) {
  const bool is_inside = offset >= window_at_ && offset - window_at_ < window_.size();
  // A line at the window's end is read again from its beginning.
  if (!is_inside || window_.size() - (offset - window_at_) < kLongestLine + 2) {
    window_ = read_at_(offset, kWindow);
    window_at_ = offset;
  }
  return std::string_view(window_).substr(static_cast<std::size_t>(offset - window_at_));
}

std::optional<MboxReader::Line> MboxReader::line_at(std::uint64_t offset) {
  Line line;
  while (true) {
    const auto bytes = window(offset + line.size);
    if (bytes.empty()) break;
    const auto end = bytes.find('\n');
    const auto piece = bytes.substr(0, end);
    if (line.text.size() < kLongestLine) line.text += piece.substr(0, kLongestLine - line.text.size());
    line.size += end == std::string_view::npos ? piece.size() : end + 1;
    if (end != std::string_view::npos) break;
  }
  if (line.size == 0) return std::nullopt;
  if (line.text.ends_with('\r')) line.text.pop_back();
  return line;
}

bool MboxReader::is_mbox() {
  const auto line = line_at(at_);
  return line && line->text.starts_with(kFrom);
}

std::uint64_t MboxReader::find_next(std::uint64_t from) {
  // `from` is behind a line's end.
  std::uint64_t at = from;
  while (true) {
    const auto bytes = window(at);
    if (bytes.empty()) return at;
    if (bytes.starts_with(kFrom)) {
      const auto line = line_at(at);
      if (line && is_from_line(line->text)) return at;
    }
    const auto end = window(at).find('\n');
    if (end != std::string_view::npos) {
      at += end + 1;
      continue;
    }
    const auto line = line_at(at);
    at += line ? line->size : 0;
  }
}

bool MboxReader::ends_there(std::uint64_t end, std::uint64_t& next) {
  // The message, an empty line (or none: mboxcl), a From line or the file's end.
  auto after = window(end).substr(0, 2);
  if (after.starts_with("\r\n"))
    next = end + 2;
  else
    next = end + (after.starts_with('\n') ? 1 : 0);
  if (window(next).empty()) return !read_at_(end - 1, 1).empty();
  const auto line = line_at(next);
  return line && is_from_line(line->text);
}

std::optional<MboxMessage> MboxReader::next() {
  MboxMessage message;
  message.offset = at_;
  auto line = line_at(at_);
  if (!line) return std::nullopt;
  if (line->text.starts_with(kFrom)) {
    message.from_line = line->text;
    at_ += line->size;
  }
  message.begin = at_;
  std::uint64_t body = at_;
  while ((line = line_at(body))) {
    if (is_from_line(line->text)) break;
    const auto bytes = read_at_(body, static_cast<std::size_t>(std::min<std::uint64_t>(line->size, kLongestHeader)));
    if (message.header.size() + bytes.size() > kLongestHeader) break;
    message.header += bytes;
    body += line->size;
    if (line->text.empty()) break;
  }
  const auto length = message::Headers(message.header).find("Content-Length");
  const auto n = length ? parse_decimal<std::uint64_t>(trim(length->value)) : std::nullopt;
  if (n && *n < (std::uint64_t{1} << 62) && ends_there(body + *n, message.next)) {
    message.is_counted = true;
    message.end = body + *n;
  } else {
    message.next = message.end = find_next(body);
    const auto last_bytes = std::min<std::uint64_t>(3, message.end - body);
    const std::string last = read_at_(message.end - last_bytes, static_cast<std::size_t>(last_bytes));
    if (last.ends_with("\n\r\n"))
      message.end -= 2;
    else if (last.ends_with("\n\n"))
      message.end -= 1;
  }
  at_ = message.next;
  return message;
}

namespace {

void take_status(std::string_view letters, mailstore::FlagNames& flags) {
  for (const char c : letters) {
    switch (c) {
      case 'R': flags.system |= mailstore::kSeen; break;
      case 'A': flags.system |= mailstore::kAnswered; break;
      case 'F': flags.system |= mailstore::kFlagged; break;
      case 'D': flags.system |= mailstore::kDeleted; break;
      case 'T': flags.system |= mailstore::kDraft; break;
      default: break;
    }
  }
}

void add_words(std::string_view value, std::vector<std::string>& words) {
  const auto text = message::unfold(value);
  for (const auto word : split(text, ' '))
    if (!word.empty() && std::ranges::find(words, word) == words.end()) words.emplace_back(word);
}

void take_mozilla_status(std::string_view value, MboxFields& fields) {
  unsigned bits = 0;
  for (const char c : trim(value)) {
    if (hex_value(c) < 0) return;
    bits = (bits << 4 | static_cast<unsigned>(hex_value(c))) & 0xffff;
  }
  if ((bits & 0x0001) != 0) fields.flags.system |= mailstore::kSeen;
  if ((bits & 0x0002) != 0) fields.flags.system |= mailstore::kAnswered;
  if ((bits & 0x0004) != 0) fields.flags.system |= mailstore::kFlagged;
  if ((bits & 0x1000) != 0) fields.flags.keywords.emplace_back("$Forwarded");
  fields.is_gone = (bits & 0x0008) != 0;
}

void take_labels(std::string_view value, MboxFields& fields) {
  const auto text = message::decode_words(value);
  fields.has_labels = true;
  for (const auto label : split(text, ',')) {
    auto name = trim(label);
    if (name.size() > 1 && name.starts_with('"') && name.ends_with('"')) name = name.substr(1, name.size() - 2);
    if (!name.empty()) fields.labels.emplace_back(name);
  }
}

/// Whether the field is one of those that programs keep for themselves.
bool take_field(const message::Field& field, bool is_counted, MboxFields& fields) {
  const auto is = [&](std::string_view name) { return iequals(field.name, name); };
  if (is("Content-Length")) return is_counted;
  if (is("Status") || is("X-Status")) return take_status(trim(field.value), fields.flags), true;
  if (is("X-Keywords") || is("X-Mozilla-Keys")) return add_words(field.value, fields.flags.keywords), true;
  if (is("X-Mozilla-Status")) return take_mozilla_status(field.value, fields), true;
  if (is("X-Mozilla-Status2") || is("X-GM-THRID")) return true;
  if (is("X-Gmail-Labels")) return take_labels(field.value, fields), true;
  if (is("X-UID")) {
    fields.uid = Uid(parse_decimal<std::uint32_t>(trim(field.value)).value_or(0));
    return true;
  }
  if (!is("X-IMAPbase") && !is("X-IMAP")) return false;
  std::vector<std::string> words;
  add_words(field.value, words);
  if (words.size() < 2) return true;
  fields.uid_validity = UidValidity(parse_decimal<std::uint32_t>(words[0]).value_or(0));
  fields.uid_next = Uid(parse_decimal<std::uint32_t>(words[1]).value_or(0)).next();
  return true;
}

}  // namespace

MboxFields take_mbox_fields(std::string_view header, bool is_counted) {
  MboxFields fields;
  std::size_t kept = 0;
  bool has_imap_field = false;
  const message::Headers all(header);
  for (const auto& field : all) {
    has_imap_field |= iequals(field.name, "X-IMAP");
    // Beyond 7 bits it is no name of a field, and no field beside it is ours.
    if (field.name.empty() || !take_field(field, is_counted, fields)) continue;
    fields.header += header.substr(kept, field.offset - kept);
    kept = field.offset + field.size;
  }
  fields.header += header.substr(kept);
  const auto subject = all.find("Subject");
  fields.is_internal =
      has_imap_field && subject && subject->value.find("FOLDER INTERNAL DATA") != std::string_view::npos;
  return fields;
}

}  // namespace posthorn::migration
