// One message of a FETCH, and the items that its row and its email's summary answer.
#pragma once

#include <string>

#include "imap/syntax/fetch_items.h"
#include "mailstore/email.h"
#include "mailstore/keywords.h"
#include "mailstore/placement.h"

namespace posthorn::imap {

struct FetchedMessage {
  Msn msn;
  mailstore::Placement row;
  bool is_recent = false;
  bool is_newly_seen = false;  ///< this FETCH set \Seen: FLAGS are told with the data, asked for or not
};

/// "* n FETCH ("
void print_head(std::string& out, Msn msn);

/// Everything but sections, with the item's name. `email` may be null where the item needs none.
void print_item(std::string& out, const FetchItem& item, const FetchedMessage& message,
                const mailstore::KeywordTable& keywords, const mailstore::Email* email);

}  // namespace posthorn::imap
