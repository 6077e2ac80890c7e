// What may stand behind the items of FETCH and before the flags of STORE, RFC 7162 3.1.4 and 3.1.3, in the form of RFC 4466.
#pragma once

#include <optional>

#include "base/id.h"
#include "imap/syntax/lexer.h"

namespace posthorn::imap {

/// "(" "CHANGEDSINCE" SP mod-sequence-value [SP "VANISHED"] ")". Zero is taken, though the grammar has it not: Apple
/// Mail sends it.
struct FetchModifiers {
  std::optional<ModSeq> changed_since;
  bool vanished = false;  ///< only together with changed_since (RFC 7162 3.2.6)

  static FetchModifiers parse(Lexer& in);
  void print(std::string& out) const;
  friend bool operator==(const FetchModifiers&, const FetchModifiers&) = default;
};

/// "(" "UNCHANGEDSINCE" SP mod-sequence-valzer ")"
struct StoreModifiers {
  std::optional<ModSeq> unchanged_since;

  static StoreModifiers parse(Lexer& in);
  void print(std::string& out) const;
  friend bool operator==(const StoreModifiers&, const StoreModifiers&) = default;
};

}  // namespace posthorn::imap
