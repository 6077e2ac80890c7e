// Parameters of Content-Type and Content-Disposition: RFC 2045 5.1 and RFC 2231, lenient. Total and linear in the
// value.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace posthorn::message {

/// Segments (`name*7=`) and parameters of one field beyond these are ignored.
inline constexpr std::size_t kMaxParams = 100;

/// How a value was written; structure.h prints it the same way.
enum class ParamForm : unsigned char {
  plain,     ///< a token or a quoted string
  words,     ///< with encoded words in it, which RFC 2047 5 forbids and many senders do
  extended,  ///< RFC 2231: `name*=charset'language'text`
};

struct Param {
  std::string name;   ///< lower-case, without the stars of RFC 2231
  std::string value;  ///< valid UTF-8, decoded
  ParamForm form = ParamForm::plain;

  friend bool operator==(const Param&, const Param&) = default;
};
using Params = std::vector<Param>;

/// The value of the first parameter of that lower-case name, or null.
const std::string* find_param(const Params& params, std::string_view name);

/// Reads `; name=value` repeated, from where the main value has ended. Continuations are put in order; of a name given
/// both ways the extended one is kept.
Params parse_params(std::string_view rest);

struct ContentType {
  std::string type;     ///< lower-case
  std::string subtype;  ///< lower-case
  Params params;
};
/// RFC 2045 5.1. Nothing where no `type/subtype` begins the value.
std::optional<ContentType> parse_content_type(std::string_view value);

struct Disposition {
  std::string type;  ///< lower-case
  Params params;
};
/// RFC 2183 2.
std::optional<Disposition> parse_disposition(std::string_view value);

/// `name=value` for a header: a token where it is one, else quoted, else RFC 2231 in UTF-8 with continuations, with
/// `separator` between those.
std::string print_param(std::string_view name, std::string_view utf8, std::string_view separator = "; ");

/// The `utf-8''text` of RFC 2231 4.
std::string extended_value(std::string_view utf8);

}  // namespace posthorn::message
