#include "imap/syntax/fetch_items.h"

#include <algorithm>
#include <span>

#include "imap/syntax/printer.h"

namespace posthorn::imap {

enum class Takes : std::uint8_t { nothing, section, part, part_without_partial };

struct FetchItemName {
  std::string_view name;
  Takes takes;
  FetchAtt att;
  std::string_view told_as;
};

static constexpr FetchItemName kFetchItems[] = {
    {"BINARY", Takes::part, FetchAtt::binary, "BINARY"},
    {"BINARY.PEEK", Takes::part, FetchAtt::binary_peek, "BINARY"},
    {"BINARY.SIZE", Takes::part_without_partial, FetchAtt::binary_size, "BINARY.SIZE"},
    {"BODY", Takes::nothing, FetchAtt::body, "BODY"},
    {"BODY", Takes::section, FetchAtt::body_section, "BODY"},
    {"BODY.PEEK", Takes::section, FetchAtt::body_peek_section, "BODY"},
    {"BODYSTRUCTURE", Takes::nothing, FetchAtt::body_structure, "BODYSTRUCTURE"},
    {"ENVELOPE", Takes::nothing, FetchAtt::envelope, "ENVELOPE"},
    {"FLAGS", Takes::nothing, FetchAtt::flags, "FLAGS"},
    {"INTERNALDATE", Takes::nothing, FetchAtt::internal_date, "INTERNALDATE"},
    {"MODSEQ", Takes::nothing, FetchAtt::modseq, "MODSEQ"},
    {"RFC822", Takes::nothing, FetchAtt::rfc822, "RFC822"},
    {"RFC822.HEADER", Takes::nothing, FetchAtt::rfc822_header, "RFC822.HEADER"},
    {"RFC822.SIZE", Takes::nothing, FetchAtt::rfc822_size, "RFC822.SIZE"},
    {"RFC822.TEXT", Takes::nothing, FetchAtt::rfc822_text, "RFC822.TEXT"},
    {"UID", Takes::nothing, FetchAtt::uid, "UID"},
};

static constexpr FetchAtt kMacroItems[] = {FetchAtt::flags, FetchAtt::internal_date, FetchAtt::rfc822_size,
                                           FetchAtt::envelope, FetchAtt::body};

struct FetchMacro {
  std::string_view name;
  std::span<const FetchAtt> items;
};

static constexpr FetchMacro kFetchMacros[] = {
    {"ALL", std::span(kMacroItems).first(4)},
    {"FAST", std::span(kMacroItems).first(3)},
    {"FULL", std::span(kMacroItems)},
};

static const FetchItemName& row_of(FetchAtt att) {
  return *std::find_if(std::begin(kFetchItems), std::end(kFetchItems), [&](const auto& row) { return row.att == att; });
}

bool takes_section(FetchAtt att) { return row_of(att).takes != Takes::nothing; }

/// The item of that name, whose section comes next.
static FetchItem item_named(Lexer& in, std::string_view name) {
  FetchItem item;
  const bool has_section = in.peek() == '[';
  const auto row = std::find_if(std::begin(kFetchItems), std::end(kFetchItems), [&](const auto& known) {
    return iequals(known.name, name) && (known.takes != Takes::nothing) == has_section;
  });
  if (row == std::end(kFetchItems)) {
    in.fail("unknown fetch item \"" + printable(name, 40) + "\"");
    return item;
  }
  item.att = row->att;
  if (!has_section) return item;
  item.section = SectionSpec::parse(in);
  if (row->takes != Takes::section && item.section.text != SectionSpec::Text::all) in.fail("a part number is expected");
  if (row->takes != Takes::part_without_partial && in.peek() == '<') item.partial = Partial::parse(in);
  return in.ok() ? item : FetchItem{};
}

FetchItem FetchItem::parse(Lexer& in) { return item_named(in, in.name()); }

void FetchItem::print(std::string& out) const {
  out += row_of(att).name;
  if (takes_section(att)) section.print(out);
  if (partial) partial->print(out);
}

void FetchItem::print_name(std::string& out) const {
  out += row_of(att).told_as;
  if (takes_section(att)) section.print(out);
  if (!partial) return;
  out += '<';
  print_number(out, partial->offset);
  out += '>';
}

static void add_once(Lexer& in, std::vector<FetchItem>& items, FetchItem item) {
  if (std::find(items.begin(), items.end(), item) != items.end()) return;
  items.push_back(std::move(item));
  if (items.size() > FetchItems::kMaxItems) in.fail("too many fetch items");
}

FetchItems FetchItems::parse(Lexer& in) {
  FetchItems fetch;
  if (in.peek() == '(') {
    in.list([&] { add_once(in, fetch.items, FetchItem::parse(in)); });
    return in.ok() ? fetch : FetchItems{};
  }
  const auto name = in.name();
  for (const auto& macro : kFetchMacros)
    if (iequals(macro.name, name))
      for (const auto att : macro.items) fetch.items.push_back({.att = att, .section = {}, .partial = {}});
  if (fetch.items.empty()) fetch.items.push_back(item_named(in, name));
  return in.ok() ? fetch : FetchItems{};
}

void FetchItems::print(std::string& out) const {
  print_list(out, items, [](std::string& to, const FetchItem& item) { item.print(to); });
}

}  // namespace posthorn::imap
