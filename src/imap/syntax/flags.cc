#include "imap/syntax/flags.h"

#include <algorithm>

#include "imap/syntax/printer.h"

namespace posthorn::imap {

struct SystemFlagName {
  SystemFlag flag;
  std::string_view name;
};

static constexpr SystemFlagName kSystemFlags[] = {
    {SystemFlag::answered, "\\Answered"},
    {SystemFlag::flagged, "\\Flagged"},
    {SystemFlag::deleted, "\\Deleted"},
    {SystemFlag::seen, "\\Seen"},
    {SystemFlag::draft, "\\Draft"},
    {SystemFlag::recent, "\\Recent"},
    {SystemFlag::any, "\\*"},
};

bool FlagList::has_keyword(std::string_view keyword) const {
  return std::any_of(keywords_.begin(), keywords_.end(), [&](const auto& k) { return iequals(k, keyword); });
}

void FlagList::add_keyword(std::string_view keyword) {
  if (!has_keyword(keyword)) keywords_.emplace_back(keyword);
}

static std::string flag_name(Lexer& in) {
  if (!in.try_char('\\')) return std::string(in.atom());
  if (in.try_char('*')) return "\\*";
  return "\\" + std::string(in.atom());
}

void FlagList::parse_one(Lexer& in, Origin origin) {
  const auto name = flag_name(in);
  if (!in.ok()) return;
  const auto row = std::find_if(std::begin(kSystemFlags), std::end(kSystemFlags),
                                [&](const auto& known) { return iequals(known.name, name); });
  const bool is_system = row != std::end(kSystemFlags);
  const bool is_told_only = is_system && (row->flag == SystemFlag::recent || row->flag == SystemFlag::any);
  if (origin == Origin::client && is_told_only) return in.fail(name + " cannot be set");
  if (origin == Origin::client && !is_system && name.front() == '\\') return in.fail("unknown system flag " + name);
  if (is_system) return add(row->flag);
  if (name.size() > kMaxKeyword) return in.refuse("the keyword is too long");
  add_keyword(name);
  if (keywords_.size() > kMaxKeywords) in.refuse("too many keywords");
}

FlagList FlagList::parse(Lexer& in) {
  FlagList flags;
  in.list_or_empty([&] { flags.parse_one(in, Origin::client); });
  return in.ok() ? flags : FlagList();
}

FlagList FlagList::parse_bare(Lexer& in) {
  FlagList flags;
  do flags.parse_one(in, Origin::client);
  while (in.try_char(' '));
  return in.ok() ? flags : FlagList();
}

FlagList FlagList::parse_told(Lexer& in) {
  FlagList flags;
  in.list_or_empty([&] { flags.parse_one(in, Origin::server); });
  return in.ok() ? flags : FlagList();
}

void FlagList::print(std::string& out) const {
  std::vector<std::string_view> names;
  for (const auto& known : kSystemFlags)
    if (has(known.flag)) names.push_back(known.name);
  names.insert(names.end(), keywords_.begin(), keywords_.end());
  print_list(out, names, [](std::string& to, std::string_view name) { to += name; });
}

}  // namespace posthorn::imap
