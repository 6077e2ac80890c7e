// FETCH of many messages from pages (mailstore/email_page.h): ENVELOPE, BODYSTRUCTURE, BODY and
// BODY.PEEK[HEADER.FIELDS (...)] of common fields, beside what the columns answer.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "imap/commands/fetch_message.h"
#include "mailstore/common_fields.h"
#include "mailstore/pages.h"

namespace posthorn::imap {

class PagedItems {
 public:
  /// Nothing where one of the items is in no page. `items` outlives it.
  static std::optional<PagedItems> of(const FetchItems& items);

  /// What is read of each page.
  std::vector<mailstore::PageColumn> columns() const;
  /// The whole response; false, and nothing printed, where the page that `pages` is at does not hold the email.
  bool print(std::string& out, const FetchedMessage& message, const mailstore::KeywordTable& keywords,
             const mailstore::PageReader& pages) const;

 private:
  struct Item {
    const FetchItem* item;
    std::optional<mailstore::PageColumn> column;  ///< none: the row answers it
    mailstore::CommonFields fields = 0;
    std::string name;  ///< with the space behind it, where there is a column
  };
  std::vector<Item> items_;
};

}  // namespace posthorn::imap
