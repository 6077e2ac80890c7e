// Parameters of MAIL and RCPT (RFC 5321 4.1.2 Mail-parameters, Rcpt-parameters) and the values of those known here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace posthorn::smtp {

/// esmtp-keyword [ "=" esmtp-value ]
struct Parameter {
  std::string keyword;               ///< in upper case
  std::optional<std::string> value;  ///< as it was sent; perhaps UTF-8 (RFC 6531 3.3)

  friend bool operator==(const Parameter&, const Parameter&) = default;
};
using Parameters = std::vector<Parameter>;

/// What follows the path, with its leading space; spaces at the end are let through. Code::syntax.
Result<Parameters> parse_parameters(std::string_view text);
/// Each with a space before it.
std::string print_parameters(const Parameters& parameters);

/// BODY=, RFC 6152 and RFC 3030 3.
enum class BodyType { seven_bit, eight_bit_mime, binary_mime };

/// RET=, RFC 3461 4.3: what a report about a failure gives back.
enum class Return { full, headers };

/// MAIL's, by meaning.
struct MailParameters {
  std::optional<std::uint64_t> size;       ///< SIZE=, RFC 1870 4: bytes, as the client reckons
  std::optional<BodyType> body;            ///< BODY=, RFC 6152 2
  std::optional<std::string> auth;         ///< AUTH=, RFC 4954 5: decoded from xtext; "" for <>
  bool is_utf8 = false;                    ///< SMTPUTF8, RFC 6531 3.4
  std::optional<Return> returns;           ///< RET=
  std::optional<std::string> envelope_id;  ///< ENVID=, RFC 3461 4.4: decoded; 1 to 100 printable ASCII characters

  bool is_binary() const { return body == BodyType::binary_mime; }

  /// Code::not_supported for a keyword that is not offered, Code::syntax for a bad value or a keyword given twice.
  static Result<MailParameters> from(const Parameters& parameters);
  Parameters to_parameters() const;

  friend bool operator==(const MailParameters&, const MailParameters&) = default;
};

/// NOTIFY=, RFC 3461 4.1: what the sender wants to hear of. All false: NEVER.
struct Notify {
  bool success = false, failure = false, delay = false;

  friend bool operator==(const Notify&, const Notify&) = default;
};

/// ORCPT=, RFC 3461 4.2: the recipient as the sender named it.
struct OriginalRecipient {
  std::string type;     ///< an atom in lower case: "rfc822", "utf-8" (RFC 6533 3)
  std::string address;  ///< decoded, 1 to 500 bytes without control characters; UTF-8 only where the type is utf-8

  /// The parameter's value. Code::syntax.
  static Result<OriginalRecipient> parse(std::string_view value);
  /// In ASCII, whatever the address.
  std::string print() const;

  friend bool operator==(const OriginalRecipient&, const OriginalRecipient&) = default;
};

/// RCPT's, by meaning.
struct RcptParameters {
  std::optional<Notify> notify;
  std::optional<OriginalRecipient> original;

  /// As MailParameters::from.
  static Result<RcptParameters> from(const Parameters& parameters);
  Parameters to_parameters() const;

  friend bool operator==(const RcptParameters&, const RcptParameters&) = default;
};

/// xtext, RFC 3461 4: "+" and two upper-case hexadecimal digits for what is not printable, "+" or "=".
std::optional<std::string> decode_xtext(std::string_view text);
std::string encode_xtext(std::string_view bytes);

/// utf-8-addr-xtext, RFC 6533 3: "\x{" and a code point in upper-case hexadecimal digits "}" for what is not printable
/// ASCII, "+", "=" or "\". Decoding also takes utf-8-addr-unitext, in which UTF-8 stands for itself.
std::optional<std::string> decode_utf8_xtext(std::string_view text);
std::string encode_utf8_xtext(std::string_view utf8);

}  // namespace posthorn::smtp
