// Unicode text in UTF-8: validity, code points, normal form, the fold under which texts are compared.
#pragma once

#include <string>
#include <string_view>

namespace posthorn::codec {

/// RFC 3629: shortest forms only, no surrogates, nothing above U+10FFFF.
bool is_valid_utf8(std::string_view s);
/// `s` with each maximal ill-formed piece (at least one byte) replaced by U+FFFD.
std::string to_valid_utf8(std::string_view s);

/// Takes one code point off the front of `s`, which is not empty; U+FFFD for an ill-formed piece.
char32_t take_utf8(std::string_view& s);
/// Appends a scalar value; anything else as U+FFFD.
void put_utf8(std::string& out, char32_t c);

/// For ICU. Ill-formed pieces become U+FFFD.
std::u16string to_utf16(std::string_view s);
std::string to_utf8(std::u16string_view s);

/// The longest prefix of valid UTF-8 `s` of at most `limit` bytes that does not cut a code point.
std::string_view cut_utf8(std::string_view s, std::size_t limit);

/// Normal form C, as mailbox names are kept (RFC 5198 3). Ill-formed pieces become U+FFFD.
std::string to_nfc(std::string_view s);

/// What i;unicode-casemap compares (RFC 5051 2): compatibility decomposition and simple titlecase of each code point,
/// in this order, so that a ligature matches its letters as well. fold(a) == fold(b) is equality, and a substring of
/// the fold is a match. Ill-formed pieces become U+FFFD.
std::string fold_for_search(std::string_view s);

}  // namespace posthorn::codec
