#include "imap/syntax/status_items.h"

#include <algorithm>

#include "imap/syntax/printer.h"

namespace posthorn::imap {

struct StatusItemName {
  StatusAtt att;
  std::string_view name;
};

static constexpr StatusItemName kStatusItems[] = {
    {StatusAtt::append_limit, "APPENDLIMIT"},
    {StatusAtt::deleted, "DELETED"},
    {StatusAtt::highest_modseq, "HIGHESTMODSEQ"},
    {StatusAtt::messages, "MESSAGES"},
    {StatusAtt::recent, "RECENT"},
    {StatusAtt::size, "SIZE"},
    {StatusAtt::uid_next, "UIDNEXT"},
    {StatusAtt::uid_validity, "UIDVALIDITY"},
    {StatusAtt::unseen, "UNSEEN"},
};

std::string_view name_of(StatusAtt att) {
  return std::find_if(std::begin(kStatusItems), std::end(kStatusItems), [&](const auto& row) { return row.att == att; })
      ->name;
}

StatusAtt parse_status_att(Lexer& in) {
  const auto name = in.name();
  for (const auto& row : kStatusItems)
    if (iequals(row.name, name)) return row.att;
  in.fail("unknown status item \"" + printable(name, 40) + "\"");
  return StatusAtt::messages;
}

StatusItems StatusItems::parse(Lexer& in) {
  StatusItems status;
  in.list([&] {
    const auto att = parse_status_att(in);
    if (std::find(status.items.begin(), status.items.end(), att) == status.items.end()) status.items.push_back(att);
  });
  return in.ok() ? status : StatusItems{};
}

void StatusItems::print(std::string& out) const {
  print_list(out, items, [](std::string& to, StatusAtt att) { to += name_of(att); });
}

}  // namespace posthorn::imap
