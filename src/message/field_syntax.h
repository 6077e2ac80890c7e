// The lexical tokens that structured fields share: folding white space, comments, quoted strings. RFC 5322 3.2.
//
// All take the value and a position in it, never fail, and end at the end of the value where a closer is missing.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace posthorn::message {

/// Skips white space, line breaks and comments.
void skip_cfws(std::string_view s, std::size_t& at);

/// `s[at]` is '(': goes behind its ')'. Returns what is between, nested comments with their parentheses, without
/// quoting and line breaks.
std::string take_comment(std::string_view s, std::size_t& at);

/// `s[at]` is '"': goes behind its closing one. Returns the contents, without quoting and line breaks.
std::string take_quoted_string(std::string_view s, std::size_t& at);

/// RFC 2045 5.1: the longest run of token characters; 8-bit bytes count as such.
std::string_view take_token(std::string_view s, std::size_t& at);

/// `s` as a quoted string. Controls are dropped.
std::string quoted_string(std::string_view s);

/// RFC 5322 3.2.3, with the 8-bit bytes of RFC 6532.
bool is_atext(char c);

}  // namespace posthorn::message
