#include "imap/syntax/special_use.h"

#include <algorithm>

#include "imap/syntax/printer.h"

namespace posthorn::imap {

static constexpr std::string_view kNames[] = {"",          "\\All",  "\\Archive", "\\Drafts",
                                              "\\Flagged", "\\Junk", "\\Sent",    "\\Trash"};

std::string_view name_of(mailstore::SpecialUse use) { return kNames[static_cast<std::size_t>(use)]; }

CreateArgs CreateArgs::parse(Lexer& in) {
  CreateArgs args;
  args.mailbox = MailboxName::parse_created(in);
  if (!in.try_char(' ')) return args;
  in.open();
  if (!iequals(in.name(), "USE")) in.fail("USE is expected");
  in.sp();
  in.list_or_empty([&] {
    in.require_char('\\');
    const std::string name = "\\" + std::string(in.atom());
    const auto row =
        std::find_if(std::begin(kNames), std::end(kNames), [&](auto known) { return iequals(known, name); });
    if (row == std::end(kNames)) {
      args.has_unknown_use = true;
    } else {
      args.uses.push_back(static_cast<mailstore::SpecialUse>(row - std::begin(kNames)));
    }
  });
  in.close();
  return in.ok() ? args : CreateArgs{};
}

void CreateArgs::print(std::string& out, NameEncoding names) const {
  mailbox.print(out, names);
  if (uses.empty() && !has_unknown_use) return;
  std::vector<std::string_view> told;
  for (const auto use : uses) told.push_back(name_of(use));
  if (has_unknown_use) told.emplace_back("\\Unknown");
  out += " (USE ";
  print_list(out, told, [](std::string& to, std::string_view name) { to += name; });
  out += ')';
}

}  // namespace posthorn::imap
