#include "imap/commands/fetch_pages.h"

#include <algorithm>

#include "imap/commands/fetch_binary.h"
#include "imap/commands/fetch_section.h"

namespace posthorn::imap {

using mailstore::PageColumn;

std::optional<PagedItems> PagedItems::of(const FetchItems& items) {
  PagedItems paged;
  for (const FetchItem& item : items.items) {
    Item put{.item = &item, .column = {}, .fields = 0, .name = {}};
    if (item.att == FetchAtt::envelope) put.column = PageColumn::envelope;
    if (item.att == FetchAtt::body_structure) put.column = PageColumn::body_structure;
    if (item.att == FetchAtt::body) put.column = PageColumn::body;
    if (item.att == FetchAtt::body_peek_section && item.section.part.empty() && !item.partial &&
        item.section.text == SectionSpec::Text::header_fields) {
      const auto fields = mailstore::common_fields_of(item.section.fields);
      if (!fields) return std::nullopt;
      put.column = PageColumn::fields;
      put.fields = *fields;
    }
    if (!put.column && (is_section(item.att) || is_binary(item.att))) return std::nullopt;
    if (put.column) {
      item.print_name(put.name);
      put.name += ' ';
    }
    paged.items_.push_back(std::move(put));
  }
  return paged;
}

std::vector<PageColumn> PagedItems::columns() const {
  std::vector<PageColumn> columns;
  for (const Item& item : items_)
    if (item.column && std::find(columns.begin(), columns.end(), *item.column) == columns.end())
      columns.push_back(*item.column);
  return columns;
}

bool PagedItems::print(std::string& out, const FetchedMessage& message, const mailstore::KeywordTable& keywords,
                       const mailstore::PageReader& pages) const {
  const std::size_t before = out.size();
  print_head(out, message.msn);
  for (const Item& item : items_) {
    if (&item != items_.data()) out += ' ';
    if (!item.column) {
      print_item(out, *item.item, message, keywords, nullptr);
      continue;
    }
    const auto value = pages.find(*item.column, message.row.email);
    out += item.name;
    const bool is_there = !value.empty() && (*item.column != PageColumn::fields ||
                                             mailstore::print_common_fields(out, value, item.fields));
    if (!is_there) {
      out.resize(before);
      return false;
    }
    if (*item.column != PageColumn::fields) out += value;
  }
  out += ")\r\n";
  return true;
}

}  // namespace posthorn::imap
