// What STATUS asks for (RFC 3501 6.3.10, RFC 9051 6.3.11). A new item is a row of kStatusItems in status_items.cc and a
// value of StatusAtt.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "imap/syntax/lexer.h"

namespace posthorn::imap {

enum class StatusAtt : std::uint8_t {
  append_limit,  ///< RFC 7889 4
  deleted,
  highest_modseq,  ///< RFC 7162 3.1.7
  messages,
  recent,
  size,
  uid_next,
  uid_validity,
  unseen,
};

std::string_view name_of(StatusAtt att);
/// One item by its name; an unknown one is an error.
StatusAtt parse_status_att(Lexer& in);

/// "(" status-att *(SP status-att) ")", each kept once.
struct StatusItems {
  std::vector<StatusAtt> items;

  static StatusItems parse(Lexer& in);
  void print(std::string& out) const;
  friend bool operator==(const StatusItems&, const StatusItems&) = default;
};

}  // namespace posthorn::imap
