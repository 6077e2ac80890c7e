// Undoes a Content-Transfer-Encoding piece by piece, RFC 2045 6.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "codec/base64.h"
#include "codec/quoted_printable.h"

namespace posthorn::message {

class TransferDecoder {
 public:
  /// As Part::encoding has it, in any case. One that nobody knows is taken as it is; is_known_encoding() tells.
  explicit TransferDecoder(std::string_view encoding);

  /// Appends what the bytes come to, as far as that is known yet.
  void feed(std::string_view bytes, std::string& out);
  /// Appends what was held back.
  void finish(std::string& out);

 private:
  enum class Kind { identity, base64, quoted_printable };

  Kind kind_;
  codec::Base64Decoder base64_;
  codec::QuotedPrintableDecoder quoted_printable_;
};

/// "" stands for 7bit.
bool is_known_encoding(std::string_view encoding);
/// Whether the bytes are what is meant: 7bit, 8bit, binary.
bool is_identity_encoding(std::string_view encoding);

}  // namespace posthorn::message
