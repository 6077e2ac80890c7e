// Responses: printed by the server, read by the client (RFC 9051 7). Each print appends whole lines with their CRLF.
//
// A new kind of data is a struct here, a row of kDataResponses in response_parser.cc and a member of Response.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "imap/syntax/flags.h"
#include "imap/syntax/lexer.h"
#include "imap/syntax/mailbox_name.h"
#include "imap/syntax/run_set.h"
#include "imap/syntax/section.h"
#include "imap/syntax/status_items.h"

namespace posthorn::imap {

enum class Condition : std::uint8_t { ok, no, bad, bye, preauth };

std::string_view name_of(Condition condition);

/// resp-text-code, in brackets: `ResponseCode{"TRYCREATE"}`, `ResponseCode::of_number("UIDNEXT", 7)`.
struct ResponseCode {
  /// An atom in upper case.
  std::string name;
  /// What follows the name, "" for nothing: one line without "]".
  std::string argument = {};

  static ResponseCode of_number(std::string_view name, std::uint64_t n);
  /// CAPABILITY.
  static ResponseCode of_capabilities(const std::vector<std::string>& capabilities);
  /// BADCHARSET with the charsets that are known.
  static ResponseCode of_bad_charset(const std::vector<std::string>& charsets);
  /// PERMANENTFLAGS.
  static ResponseCode of_permanent_flags(const FlagList& flags);
  /// APPENDUID (RFC 4315 3).
  static ResponseCode of_append_uid(UidValidity validity, const UidSet& uids);
  /// COPYUID (RFC 4315 3); the sets have the same size and are not empty.
  static ResponseCode of_copy_uid(UidValidity validity, const UidSet& from, const UidSet& to);

  static ResponseCode parse(Lexer& in);
  void print(std::string& out) const;
  friend bool operator==(const ResponseCode&, const ResponseCode&) = default;
};

/// A status response: tagged at the end of a command, or untagged.
struct StatusResponse {
  static constexpr std::size_t kMaxText = 1000;

  std::string tag = "*";
  Condition condition = Condition::ok;
  std::optional<ResponseCode> code = {};
  /// For a person. Printed on one line of ASCII, every other byte as "?", cut at kMaxText.
  std::string text = {};

  void print(std::string& out) const;
  friend bool operator==(const StatusResponse&, const StatusResponse&) = default;
};

/// "+ " and text, or the base64 of a challenge.
struct ContinueRequest {
  std::string text;

  void print(std::string& out) const;
  friend bool operator==(const ContinueRequest&, const ContinueRequest&) = default;
};

struct CapabilityData {
  std::vector<std::string> capabilities;

  void print(std::string& out) const;
  friend bool operator==(const CapabilityData&, const CapabilityData&) = default;
};

/// LIST or LSUB.
struct ListData {
  bool is_lsub = false;
  /// With their backslash: `\Noselect`.
  std::vector<std::string> attributes = {};
  std::optional<char> separator = MailboxName::kSeparator;
  /// UTF-8; not always a name: LIST "" "" answers with "".
  std::string name = {};
  /// What there is for a level that is told only for what lies below it (RFC 5258 4, CHILDINFO): "SUBSCRIBED".
  std::vector<std::string> child_info = {};
  /// The name that was asked for, where it is another now (RFC 9051 7.3.1, OLDNAME).
  std::optional<std::string> old_name = {};

  void print(std::string& out, NameEncoding names) const;
  friend bool operator==(const ListData&, const ListData&) = default;
};

struct StatusData {
  MailboxName mailbox;
  std::vector<std::pair<StatusAtt, std::uint64_t>> values = {};

  void print(std::string& out, NameEncoding names) const;
  friend bool operator==(const StatusData&, const StatusData&) = default;
};

struct FlagsData {
  FlagList flags;

  void print(std::string& out) const;
  friend bool operator==(const FlagsData&, const FlagsData&) = default;
};

/// Message numbers or UIDs, as the command had it.
struct SearchData {
  std::vector<std::uint32_t> numbers;

  void print(std::string& out) const;
  friend bool operator==(const SearchData&, const SearchData&) = default;
};

/// ESEARCH, RFC 4731 3.1 and RFC 7162 3.1.10. Message numbers or UIDs, as `is_uid` says.
struct EsearchData {
  std::optional<std::string> tag = {};
  bool is_uid = false;
  std::optional<std::uint32_t> min = {};
  std::optional<std::uint32_t> max = {};
  std::optional<std::uint32_t> count = {};
  std::optional<ModSeq> modseq = {};
  /// Not empty: where nothing is found, ALL is not told.
  std::optional<UidSet> all = {};

  void print(std::string& out) const;
  friend bool operator==(const EsearchData&, const EsearchData&) = default;
};

/// VANISHED, RFC 7162 3.2.10.
struct VanishedData {
  bool is_earlier = false;
  UidSet uids;

  /// Nothing for no UIDs.
  void print(std::string& out) const;
  friend bool operator==(const VanishedData&, const VanishedData&) = default;
};

/// EXISTS and RECENT tell how many, EXPUNGE tells a message number.
struct CountData {
  enum class Kind : std::uint8_t { exists, recent, expunge };

  Kind kind = Kind::exists;
  std::uint32_t number = 0;

  void print(std::string& out) const;
  friend bool operator==(const CountData&, const CountData&) = default;
};

/// One item of a FETCH response, its value not taken apart: `Lexer(value.value)` reads it.
struct FetchValue {
  /// In upper case.
  std::string name;
  std::optional<SectionSpec> section = {};
  std::optional<std::uint64_t> origin = {};
  std::string value;

  void print(std::string& out) const;
  friend bool operator==(const FetchValue&, const FetchValue&) = default;
};

struct FetchData {
  Msn message;
  std::vector<FetchValue> values;

  void print(std::string& out) const;
  friend bool operator==(const FetchData&, const FetchData&) = default;
};

/// Untagged data that this client does not know.
struct OtherData {
  std::string text;

  void print(std::string& out) const;
  friend bool operator==(const OtherData&, const OtherData&) = default;
};

using Response = std::variant<StatusResponse, ContinueRequest, CapabilityData, ListData, StatusData, FlagsData,
                              SearchData, EsearchData, VanishedData, CountData, FetchData, OtherData>;

/// One whole response, its literals inline and its last CRLF taken off.
Result<Response> parse_response(std::string_view response, NameEncoding names);
void print(std::string& out, const Response& response, NameEncoding names);

}  // namespace posthorn::imap
