// Bytes in a named charset to UTF-8, by ICU. Total: what cannot be decoded becomes U+FFFD; a name nobody knows, and no
// name at all, is guessed at. RFC 2978 names and the aliases met in mail.
//
// Threads: functions may be called from any thread; a CharsetDecoder belongs to one at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>

struct UConverter;

namespace posthorn::codec {

/// Whether `charset` names something that is decoded rather than guessed. At most 64 bytes are a name.
bool is_known_charset(std::string_view charset);

/// The UTF-8 of bytes that come in pieces. Output is at most about 4 times the input. NULs stay.
///
/// Guessing (us-ascii, unknown-8bit, x-unknown, "", unknown names): what is valid UTF-8 stays; other bytes are read as
/// windows-1252. iso-8859-1 is read as windows-1252 throughout, because that is what senders mean.
class CharsetDecoder {
 public:
  explicit CharsetDecoder(std::string_view charset);

  void feed(std::string_view bytes, std::string& out);
  /// A character cut short at the end becomes U+FFFD (or windows-1252 when guessing). The decoder then begins anew.
  void finish(std::string& out);

 private:
  enum class Kind { guess, utf8, icu };
  struct GiveBack {
    std::string name;  ///< as it was asked for, which is not ICU's own
    void operator()(UConverter* converter) const;
  };
  void feed_utf8(std::string_view bytes, bool last, std::string& out);
  void feed_icu(std::string_view bytes, bool last, std::string& out);

  Kind kind_ = Kind::guess;
  std::string pending_;  ///< the begun UTF-8 sequence at the end of the last piece, 3 bytes at most
  std::unique_ptr<UConverter, GiveBack> converter_;
};

std::string charset_to_utf8(std::string_view bytes, std::string_view charset);

}  // namespace posthorn::codec
