// What FETCH asks for (RFC 3501 6.4.5, RFC 9051 6.4.5, RFC 3516 4, RFC 7162 3.1.4). A new item is a row of kFetchItems
// in fetch_items.cc and a value of FetchAtt.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "imap/syntax/lexer.h"
#include "imap/syntax/section.h"

namespace posthorn::imap {

enum class FetchAtt : std::uint8_t {
  binary,  ///< a part without its transfer encoding
  binary_peek,
  binary_size,
  body,  ///< BODY without brackets: the structure, without extensions
  body_section,
  body_peek_section,
  body_structure,
  envelope,
  flags,
  internal_date,
  modseq,
  rfc822,
  rfc822_header,
  rfc822_size,
  rfc822_text,
  uid,
};

struct FetchItem {
  FetchAtt att = FetchAtt::flags;
  /// Only where takes_section(att).
  SectionSpec section;
  std::optional<Partial> partial;

  static FetchItem parse(Lexer& in);
  void print(std::string& out) const;
  /// The name before the value in the response: BODY.PEEK is told as BODY, a partial by its offset.
  void print_name(std::string& out) const;
  friend bool operator==(const FetchItem&, const FetchItem&) = default;
};

bool takes_section(FetchAtt att);

/// One item, a list of them, or a macro (ALL, FAST, FULL), which is put down as the items it stands for. No item is
/// there twice.
struct FetchItems {
  static constexpr std::size_t kMaxItems = 256;

  std::vector<FetchItem> items;

  static FetchItems parse(Lexer& in);
  /// Always as a list.
  void print(std::string& out) const;
  friend bool operator==(const FetchItems&, const FetchItems&) = default;
};

}  // namespace posthorn::imap
