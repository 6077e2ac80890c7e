// One email as SEARCH looks into it: read piece by piece, as far as a key asks. Needles are folded as
// codec::fold_for_search does; what is searched is decoded (RFC 2047, transfer encodings, charsets) and folded too.
//
// Blocks: for threads that may. What cannot be read holds nothing; error() says why.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/id.h"
#include "imap/syntax/envelope.h"
#include "mailstore/email.h"
#include "message/mime_tree.h"
#include "store/store.h"

namespace posthorn::imap {

/// A header beyond these bytes is not searched.
inline constexpr std::uint64_t kMostSearchedHeader = 1024 * 1024;
/// HTML of up to so many bytes is searched as the text that a reader sees, a longer one as it is.
inline constexpr std::size_t kMostSearchedHtml = 2 * 1024 * 1024;

class SearchedEmail {
 public:
  /// `store` outlives it.
  SearchedEmail(const store::Store* store, AccountId account, EmailId id);

  bool subject_has(const std::string& needle);
  bool from_has(const std::string& needle);
  bool to_has(const std::string& needle);
  bool cc_has(const std::string& needle);
  bool bcc_has(const std::string& needle);
  /// A field of that name is there, and one of them has it.
  bool header_has(const std::string& field, const std::string& needle);
  /// The text of all parts that are text, and headers of enclosed messages.
  bool body_has(const std::string& needle);
  /// All fields of the header, and the body.
  bool text_has(const std::string& needle);
  /// Day of the Date field as its sender wrote it; nothing where there is none.
  std::optional<std::int64_t> sent_day() const;

  const std::optional<Error>& error() const { return error_; }

 private:
  std::string read(std::uint64_t offset, std::uint64_t length);
  const std::string& header();
  const Envelope& envelope();
  bool part_has(const message::Part& part, const std::string& needle);

  const store::Store* store_;
  std::optional<mailstore::Email> email_;
  std::optional<std::string> header_;
  std::optional<Envelope> envelope_;
  std::optional<Error> error_;
};

}  // namespace posthorn::imap
