// Base64: strict for protocol tokens (RFC 4648 4, as SASL wants it), lenient and streaming for MIME bodies (RFC
// 2045 6.8).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace posthorn::codec {

/// RFC 4648 4, padded, without line breaks.
std::string base64_encode(std::string_view bytes);
/// RFC 2045 6.8: lines of 76 columns, each ended by CRLF, the last one too. Empty for no bytes.
std::string base64_encode_lines(std::string_view bytes);

/// RFC 4648 4, strict: only the alphabet, padding required and only at the end, unused bits zero.
/// Errors: syntax.
Result<std::string> base64_decode(std::string_view text);

/// RFC 4648 5, the alphabet that is safe in URLs, without padding.
std::string base64url_encode(std::string_view bytes);
/// Strict as base64_decode, but for the other alphabet and refused padding. Errors: syntax.
Result<std::string> base64url_decode(std::string_view text);

/// Decodes a MIME body fed in any pieces. Total: bytes outside the alphabet are skipped, padding ends a group and
/// decoding goes on after it (bodies that were glued together), an incomplete last group gives the bytes it holds.
class Base64Decoder {
 public:
  /// Appends to `out` what is complete: at most 3/4 of `text` and 2 bytes more.
  void feed(std::string_view text, std::string& out);
  void finish(std::string& out);

 private:
  void end_group(std::string& out);

  std::uint32_t bits_ = 0;
  int count_ = 0;  ///< sextets in bits_, 0..3
};

/// Encodes bytes fed in any pieces.
class Base64Encoder {
 public:
  enum class Lines { none, of_76 };
  explicit Base64Encoder(Lines lines) : lines_(lines) {}

  void feed(std::string_view bytes, std::string& out);
  /// Pads, and with lines ends the last one.
  void finish(std::string& out);

 private:
  void put(std::string_view bytes, std::string& out);

  Lines lines_;
  char rest_[3] = {};
  std::size_t rest_size_ = 0;
  std::size_t column_ = 0;
};

}  // namespace posthorn::codec
