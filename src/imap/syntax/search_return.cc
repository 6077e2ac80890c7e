#include "imap/syntax/search_return.h"

#include <algorithm>
#include <vector>

#include "imap/syntax/printer.h"

namespace posthorn::imap {

struct SearchReturnName {
  std::string_view name;
  bool SearchReturn::* option;
};

static constexpr SearchReturnName kOptions[] = {
    {"MIN", &SearchReturn::min},     {"MAX", &SearchReturn::max},   {"ALL", &SearchReturn::all},
    {"COUNT", &SearchReturn::count}, {"SAVE", &SearchReturn::save},
};

SearchReturn SearchReturn::parse(Lexer& in) {
  SearchReturn wanted;
  in.list_or_empty([&] {
    const auto name = in.name();
    const auto row = std::find_if(std::begin(kOptions), std::end(kOptions),
                                  [&](const auto& known) { return iequals(known.name, name); });
    if (row == std::end(kOptions)) return in.fail("unknown return option \"" + printable(name, 40) + "\"");
    wanted.*row->option = true;
  });
  if (!wanted.wants_response() && !wanted.save) wanted.all = true;
  return in.ok() ? wanted : SearchReturn{};
}

void SearchReturn::print(std::string& out) const {
  std::vector<std::string_view> names;
  for (const auto& row : kOptions)
    if (this->*row.option) names.push_back(row.name);
  print_list(out, names, [](std::string& to, std::string_view name) { to += name; });
}

}  // namespace posthorn::imap
