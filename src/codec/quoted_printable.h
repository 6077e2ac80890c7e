// Quoted-printable, RFC 2045 6.7: a lenient streaming decoder and an encoder; the Q encoding of RFC 2047 4.2 is in
// message/encoded_word.
#pragma once

#include <string>
#include <string_view>

namespace posthorn::codec {

/// Decodes a body fed in any pieces. Total: an `=` that begins neither a byte nor a soft line break stays as it is.
/// White space before a line break is dropped (RFC 2045 6.7 rule 3); line breaks stay as they are, CRLF or LF.
class QuotedPrintableDecoder {
 public:
  /// Appends at most the bytes fed so far. A run of white space is held until what follows is known, up to kLongestRun.
  void feed(std::string_view text, std::string& out);
  void finish(std::string& out);

  static constexpr std::size_t kLongestRun = 1024;

 private:
  void put(char c, std::string& out);
  void escape(char c, std::string& out);

  std::string spaces_;  ///< white space that a line break would drop
  std::string escape_;  ///< from an '=' on, undecided
};

/// Text to lines of at most 76 columns. LF and CRLF are line breaks, written as CRLF; a CR alone is encoded.
std::string quoted_printable_encode(std::string_view text);

}  // namespace posthorn::codec
