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
  std::optional<std::string> value;  ///< as it was sent

  friend bool operator==(const Parameter&, const Parameter&) = default;
};
using Parameters = std::vector<Parameter>;

/// What follows the path, with its leading space; spaces at the end are let through. Code::syntax.
Result<Parameters> parse_parameters(std::string_view text);
/// Each with a space before it.
std::string print_parameters(const Parameters& parameters);

/// BODY=, RFC 6152.
enum class BodyType { seven_bit, eight_bit_mime };

/// MAIL's, by meaning.
struct MailParameters {
  std::optional<std::uint64_t> size;  ///< SIZE=, RFC 1870 4: bytes, as the client reckons
  std::optional<BodyType> body;       ///< BODY=, RFC 6152 2
  std::optional<std::string> auth;    ///< AUTH=, RFC 4954 5: decoded from xtext; "" for <>

  /// Code::not_supported for a keyword that is not offered, Code::syntax for a bad value or a keyword given twice.
  static Result<MailParameters> from(const Parameters& parameters);
  Parameters to_parameters() const;

  friend bool operator==(const MailParameters&, const MailParameters&) = default;
};

/// RCPT's: none are offered yet.
struct RcptParameters {
  static Result<RcptParameters> from(const Parameters& parameters);

  friend bool operator==(const RcptParameters&, const RcptParameters&) = default;
};

/// xtext, RFC 3461 4: "+" and two upper-case hexadecimal digits for what is not printable, "+" or "=".
std::optional<std::string> decode_xtext(std::string_view text);
std::string encode_xtext(std::string_view bytes);

}  // namespace posthorn::smtp
