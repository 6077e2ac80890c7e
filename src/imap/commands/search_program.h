// A SEARCH made ready to run: charsets decoded, needles folded, sets and keywords looked up. RFC 3501 6.4.4.
//
// It is asked twice: first with what the columns know, which settles most messages, then with the email for the rest.
// Threads: const, any.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "imap/server/selected.h"
#include "imap/syntax/search_keys.h"

namespace posthorn::imap {

class SearchedEmail;

enum class Truth : std::uint8_t { no, yes, unknown };

class SearchProgram {
 public:
  /// One message as the columns have it.
  struct Subject {
    mailstore::Placement row;
    bool is_recent = false;
  };

  /// Errors: syntax (a message number that does not exist), not_supported (the charset).
  static Result<SearchProgram> compile(const SearchKeys& keys, const Selected& selected,
                                       const mailstore::KeywordTable& keywords);

  /// Without an email, unknown where it is needed to tell; with one, never.
  Truth run(const Subject& subject, SearchedEmail* email) const { return evaluate(0, subject, email); }

 private:
  struct Node {
    SearchOp op = SearchOp::all;
    std::uint32_t end = 0;
    std::string needle;      ///< folded; of keys on text
    std::string field;       ///< of HEADER
    std::uint64_t size = 0;  ///< or a mod-sequence
    std::int64_t day = 0;    ///< since 1970-01-01
    std::optional<mailstore::KeywordId> keyword;
    UidSet messages;  ///< those that a set names
  };

  Truth evaluate(std::uint32_t at, const Subject& subject, SearchedEmail* email) const;
  Truth all_of(const Node& node, std::uint32_t at, const Subject& subject, SearchedEmail* email) const;
  Truth one_of(const Node& node, std::uint32_t at, const Subject& subject, SearchedEmail* email) const;
  bool by_columns(const Node& node, const Subject& subject) const;

  std::vector<Node> nodes_;
};

}  // namespace posthorn::imap
