// What SEARCH is to answer with: RETURN of ESEARCH (RFC 4731 3.1) and of SEARCHRES (RFC 5182 2).
#pragma once

#include "imap/syntax/lexer.h"

namespace posthorn::imap {

struct SearchReturn {
  bool min = false;
  bool max = false;
  bool all = false;
  bool count = false;
  bool save = false;

  /// "(" [option *(SP option)] ")"; without any it is ALL.
  static SearchReturn parse(Lexer& in);
  void print(std::string& out) const;
  /// Whether an ESEARCH response is to come (RFC 5182 2.1: SAVE alone has none).
  bool wants_response() const { return min || max || all || count; }
  friend bool operator==(const SearchReturn&, const SearchReturn&) = default;
};

}  // namespace posthorn::imap
