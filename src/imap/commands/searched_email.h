// One email as SEARCH looks into it: read piece by piece, as far as a key asks. Needles are folded as
// codec::fold_for_search does; what is searched is decoded (RFC 2047, transfer encodings, charsets) and folded too.
//
// A large message and a long needle take seconds, and a search may hold a thousand: the email is asked in turns. Where
// one is over before a key is settled, the answer is unknown, and the same key, asked next in another turn, goes on.
//
// Blocks: for threads that may. What cannot be read holds nothing; error() says why.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/id.h"
#include "imap/syntax/envelope.h"
#include "mailstore/email.h"
#include "mailstore/pages.h"
#include "message/mime_tree.h"
#include "store/store.h"

namespace posthorn::imap {

/// A header beyond these bytes is not searched.
inline constexpr std::uint64_t kMostSearchedHeader = 1024 * 1024;
/// HTML of up to so many bytes is searched as the text that a reader sees, a longer one as it is.
inline constexpr std::size_t kMostSearchedHtml = 2 * 1024 * 1024;

enum class Truth : std::uint8_t { no, yes, unknown };

class SearchedEmail {
 public:
  /// What `pages` tell is not read from the email. Both pointers outlive it.
  SearchedEmail(const store::Store* store, mailstore::PageCursor* pages, AccountId account, EmailId id);
  SearchedEmail(SearchedEmail&&) = delete;
  ~SearchedEmail();

  void begin_turn(SteadyTime end) { turn_end_ = end; }
  bool is_turn_over() const { return steady_now() >= turn_end_; }

  bool subject_has(const std::string& needle);
  bool from_has(const std::string& needle);
  bool to_has(const std::string& needle);
  bool cc_has(const std::string& needle);
  bool bcc_has(const std::string& needle);
  /// A field of that name is there, and one of them has it.
  bool header_has(const std::string& field, const std::string& needle);
  /// The text of all parts that are text, and headers of enclosed messages.
  Truth body_has(const std::string& needle);
  /// All fields of the header, and the body.
  Truth text_has(const std::string& needle);
  /// Day of the Date field as its sender wrote it; nothing where there is none.
  std::optional<std::int64_t> sent_day();

  const std::optional<Error>& error() const { return error_; }

 private:
  const mailstore::Email* email();
  std::string read(std::uint64_t offset, std::uint64_t length);
  const std::string& header();
  std::string_view fields_with(const std::string& field);
  const Envelope& envelope();
  Truth go_on();
  Truth go_on_in_part();
  bool part_header_has(std::uint32_t part);

  /// One that was begun and is not settled.
  struct BodySearch;

  const store::Store* store_;
  mailstore::PageCursor* pages_;
  AccountId account_;
  EmailId id_;
  bool is_read_ = false;
  std::optional<mailstore::Email> email_;  ///< once it is read, and if it can be
  std::optional<std::string> header_;
  std::string common_;
  std::optional<Envelope> envelope_;
  std::unique_ptr<BodySearch> search_;
  SteadyTime turn_end_ = SteadyTime::max();
  std::optional<Error> error_;
};

}  // namespace posthorn::imap
