// What SEARCH asks for (RFC 3501 6.4.4), as a flat tree. A new key is a row of kSearchKeys in search_keys.cc and a
// value of SearchOp.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "imap/syntax/date_time.h"
#include "imap/syntax/lexer.h"
#include "imap/syntax/sequence_set.h"

namespace posthorn::imap {

enum class SearchOp : std::uint8_t {
  all_of,    ///< every child holds: a list in parentheses, and the whole search
  one_of,    ///< OR, two children
  none_of,   ///< NOT, one child
  sequence,  ///< a sequence-set of message numbers
  all,
  answered,
  bcc,
  before,
  body,
  cc,
  deleted,
  draft,
  flagged,
  from,
  header,
  keyword,
  larger,
  modseq,
  new_messages,
  old,
  on,
  recent,
  seen,
  sent_before,
  sent_on,
  sent_since,
  since,
  smaller,
  subject,
  text,
  to,
  uid,
  unanswered,
  undeleted,
  undraft,
  unflagged,
  unkeyword,
  unseen,
};

/// HEADER's two strings.
struct HeaderText {
  std::string field;
  std::string text;
  friend bool operator==(const HeaderText&, const HeaderText&) = default;
};

struct SearchKey {
  SearchOp op = SearchOp::all;
  /// string: bytes in the search's charset, or a keyword; uint64: bytes of LARGER and SMALLER, a mod-sequence.
  std::variant<std::monostate, std::string, HeaderText, Date, std::uint64_t, SequenceSet> argument;
  /// The index behind the last descendant: a key at i has its first child at i + 1, the next one where that ends.
  std::uint32_t end = 0;

  friend bool operator==(const SearchKey&, const SearchKey&) = default;
};

/// The keys in the order written, each before its children; keys[0] is the all_of around the whole.
struct SearchKeys {
  static constexpr int kMaxDepth = 50;
  static constexpr std::size_t kMaxKeys = 1000;
  static constexpr std::size_t kMaxCharset = 64;

  /// As given, "" where the client named none. Whether it is known is asked later (NO [BADCHARSET]).
  std::string charset;
  std::vector<SearchKey> keys;

  /// [SP "CHARSET" SP astring] 1*(SP search-key): what follows SEARCH, with the space before it.
  static SearchKeys parse(Lexer& in);
  void print(std::string& out) const;
  friend bool operator==(const SearchKeys&, const SearchKeys&) = default;
};

}  // namespace posthorn::imap
