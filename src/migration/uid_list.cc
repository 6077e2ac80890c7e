#include "migration/uid_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.h"

namespace posthorn::migration {
namespace {

template <class Id>
Id id_of(std::string_view digits) {
  return Id(parse_decimal<std::uint32_t>(digits).value_or(0));
}

template <class Visit>
void for_each_line(std::string_view file, Visit visit) {
  while (!file.empty()) {
    const auto end = file.find('\n');
    auto line = file.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    visit(line);
    file.remove_prefix(end == std::string_view::npos ? file.size() : end + 1);
  }
}

void parse_header(std::string_view line, bool& is_version_3, UidList& list) {
  const auto words = split(line, ' ');
  is_version_3 = words[0] == "3";
  if (!is_version_3) {
    if (words.size() > 1) list.uid_validity = id_of<UidValidity>(words[1]);
    if (words.size() > 2) list.uid_next = id_of<Uid>(words[2]);
    return;
  }
  for (const auto word : words) {
    if (word.starts_with('V')) list.uid_validity = id_of<UidValidity>(word.substr(1));
    if (word.starts_with('N')) list.uid_next = id_of<Uid>(word.substr(1));
  }
}

}  // namespace

UidList UidList::parse(std::string_view file) {
  UidList list;
  bool is_first = true, is_version_3 = false;
  for_each_line(file, [&](std::string_view line) {
    if (std::exchange(is_first, false)) return parse_header(line, is_version_3, list);
    const auto space = line.find(' ');
    if (space == std::string_view::npos) return;
    Entry entry{id_of<Uid>(line.substr(0, space)), ""};
    auto rest = line.substr(space + 1);
    if (is_version_3) {
      while (!rest.empty() && !rest.starts_with(':')) {
        const auto end = std::min(rest.find(' '), rest.size());
        if (rest.starts_with('P')) entry.pop3_unique_id = rest.substr(1, end - 1);
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
      if (rest.starts_with(':')) rest.remove_prefix(1);
    }
    const auto base = base_of_maildir_name(rest);
    if (!entry.uid.is_zero() && !base.empty()) list.messages.insert_or_assign(std::string(base), std::move(entry));
  });
  return list;
}

void UidList::print(std::string& out) const {
  out += fmt::format("3 V{} N{}\n", uid_validity.value(), uid_next.value());
  std::vector<std::pair<Uid, std::string>> lines;
  for (const auto& [base, entry] : messages)
    lines.emplace_back(entry.uid, fmt::format("{}{} :{}\n", entry.uid.value(),
                                              entry.pop3_unique_id.empty() ? "" : " P" + entry.pop3_unique_id, base));
  std::ranges::sort(lines);
  for (const auto& [uid, line] : lines) out += line;
}

std::string_view base_of_maildir_name(std::string_view name) {
  auto end = name.size();
  for (const std::string_view mark : {":2,", ";2,", "!2,"}) end = std::min(end, name.find(mark));
  return name.substr(0, end);
}

std::string_view flags_of_maildir_name(std::string_view name) {
  const auto base = base_of_maildir_name(name);
  return base.size() == name.size() ? std::string_view() : name.substr(base.size() + 3);
}

std::vector<std::string> parse_dovecot_keywords(std::string_view file) {
  std::vector<std::string> keywords;
  for_each_line(file, [&](std::string_view line) {
    const auto space = line.find(' ');
    const auto index = parse_decimal<std::size_t>(line.substr(0, space));
    if (!index || *index >= 26 || space == std::string_view::npos) return;
    if (keywords.size() <= *index) keywords.resize(*index + 1);
    keywords[*index] = line.substr(space + 1);
  });
  return keywords;
}

std::map<std::string, std::vector<std::string>, std::less<>> parse_courier_keywords(std::string_view file) {
  std::vector<std::string> names;
  std::map<std::string, std::vector<std::string>, std::less<>> of_messages;
  bool has_all_names = false;
  for_each_line(file, [&](std::string_view line) {
    if (!has_all_names) {
      has_all_names = line.empty();
      if (!line.empty()) names.emplace_back(line);
      return;
    }
    const auto colon = line.rfind(':');
    if (colon == std::string_view::npos) return;
    auto& keywords = of_messages[std::string(base_of_maildir_name(line.substr(0, colon)))];
    for (const auto word : split(line.substr(colon + 1), ' '))
      if (const auto index = parse_decimal<std::size_t>(word); index && *index < names.size())
        keywords.push_back(names[*index]);
  });
  return of_messages;
}

std::map<std::string, std::string, std::less<>> parse_courier_pop3(std::string_view file) {
  std::map<std::string, std::string, std::less<>> ids;
  bool is_first = true;
  for_each_line(file, [&](std::string_view line) {
    if (std::exchange(is_first, false)) return;
    const auto words = split(line, ' ');
    if (words.size() < 3) return;
    const auto base = base_of_maildir_name(words[0]);
    const auto parts = split(words[2], ':');
    const auto number = parse_decimal<std::uint32_t>(parts[0]);
    if (!number || base.empty()) return;
    // "UID", as courierpop3d tells it; 0 stands for the file's name.
    ids[std::string(base)] = *number == 0       ? std::string(base)
                             : parts.size() > 1 ? fmt::format("UID{}-{}", *number, parts[1])
                                                : fmt::format("UID{}", *number);
  });
  return ids;
}

std::vector<std::string> parse_subscriptions(std::string_view file) {
  std::vector<std::string> names;
  bool is_version_2 = false, is_first = true;
  for_each_line(file, [&](std::string_view line) {
    if (std::exchange(is_first, false) && line.starts_with("V\t2")) is_version_2 = true;
    if (line.empty() || line.starts_with("V\t")) return;
    std::string name(line);
    if (is_version_2) std::ranges::replace(name, '\t', '/');
    names.push_back(std::move(name));
  });
  return names;
}

std::string pop3_unique_id_of(std::string_view format, Uid uid, UidValidity uid_validity, std::string_view base) {
  std::string out;
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') {
      out += format[i];
      continue;
    }
    ++i;
    const bool is_padded = i < format.size() && format[i] == '0';
    unsigned width = 0;
    for (; i < format.size() && is_digit(format[i]) && width < 64; ++i)
      width = width * 10 + static_cast<unsigned>(format[i] - '0');
    // Dovecot prints small letters.
    const bool is_hexadecimal = i < format.size() && format[i] == 'X';
    if (is_hexadecimal) ++i;
    if (i >= format.size() || width > 64) return "";
    const auto number = [&](std::uint32_t n) {
      const auto digits = is_hexadecimal ? fmt::format("{:x}", n) : fmt::format("{}", n);
      return std::string(digits.size() < width && is_padded ? width - digits.size() : 0, '0') + digits;
    };
    switch (format[i]) {
      case 'u': out += number(uid.value()); break;
      case 'v': out += number(uid_validity.value()); break;
      case 'f':
      case 'g': out += base; break;
      case '%': out += '%'; break;
      default: return "";
    }
  }
  return out;
}

}  // namespace posthorn::migration
