// A SEARCH made ready to run: charsets decoded, needles folded, sets and keywords looked up. RFC 3501 6.4.4.
//
// It is asked twice: first with what the columns know, which settles most messages, then with the email for the rest.
// Threads: const, any.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "imap/commands/searched_email.h"
#include "imap/server/selected.h"
#include "imap/syntax/search_keys.h"

namespace posthorn::imap {

class SearchProgram {
 public:
  /// One message as the columns have it.
  struct Subject {
    Msn msn;
    mailstore::Placement row;
    bool is_recent = false;
  };
  /// The email of one, and which of keys() are settled.
  struct Opened {
    SearchedEmail* email;
    std::span<Truth> settled;
  };

  /// Errors: syntax (a message number that does not exist), not_supported (the charset).
  static Result<SearchProgram> compile(const SearchKeys& keys, const Selected& selected,
                                       const mailstore::KeywordTable& keywords);

  /// Unknown where an email is needed to tell.
  Truth run(const Subject& subject) const { return evaluate(0, subject, nullptr); }
  /// Unknown where the email's turn is over before that was found out: the next goes on.
  Truth run(const Subject& subject, Opened opened) const { return evaluate(0, subject, &opened); }
  /// How many keys it has.
  std::size_t keys() const { return nodes_.size(); }
  /// Whether an email may take long.
  bool reads_bodies() const { return reads_bodies_; }

 private:
  struct Node {
    SearchOp op = SearchOp::all;
    std::uint32_t end = 0;
    std::string needle;      ///< folded; of keys on text
    std::string field;       ///< of HEADER
    std::uint64_t size = 0;  ///< or a mod-sequence
    std::int64_t day = 0;    ///< since 1970-01-01
    std::optional<mailstore::KeywordId> keyword;
    // As they were written: what they come to in a mailbox with holes is long, and there may be a thousand.
    MsnSet numbers;
    UidSet uids;
    bool names_saved = false;  ///< `$` is among them
  };

  Truth evaluate(std::uint32_t at, const Subject& subject, const Opened* opened) const;
  Truth all_of(const Node& node, std::uint32_t at, const Subject& subject, const Opened* opened) const;
  Truth one_of(const Node& node, std::uint32_t at, const Subject& subject, const Opened* opened) const;
  bool by_columns(const Node& node, const Subject& subject) const;

  std::vector<Node> nodes_;
  UidSet saved_;  ///< what `$` stands for
  bool reads_bodies_ = false;
};

}  // namespace posthorn::imap
