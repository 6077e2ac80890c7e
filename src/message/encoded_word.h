// Encoded words: text other than ASCII in headers. RFC 2047, with the habits of real senders.
#pragma once

#include <string>
#include <string_view>

namespace posthorn::message {

/// The UTF-8 of an unstructured value or a phrase, folded or not. Total, and the result is valid UTF-8 on one line.
/// Encoded words are decoded wherever they stand; white space between two is dropped; bytes of adjacent words in one
/// charset are joined before they are decoded, because senders split characters between words. Raw 8-bit bytes are
/// taken as UTF-8, else as windows-1252.
std::string decode_words(std::string_view text);

/// `utf8` for an unstructured value or a phrase: as it is when it is plain ASCII that does not look like an encoded
/// word, else all of it as encoded words of at most 75 columns with a space between them. RFC 2047 2.
std::string encode_words(std::string_view utf8);

}  // namespace posthorn::message
