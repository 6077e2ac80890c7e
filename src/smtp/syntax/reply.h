// Replies: three digits, an enhanced status code, and text (RFC 5321 4.2, RFC 3463, RFC 2034), printed and parsed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace posthorn::smtp {

/// class "." subject "." detail, RFC 3463 2. All zero: none.
struct EnhancedCode {
  std::uint16_t klass = 0;  ///< 2, 4 or 5
  std::uint16_t subject = 0;
  std::uint16_t detail = 0;

  bool is_none() const { return klass == 0; }
  std::string text() const;
  friend bool operator==(const EnhancedCode&, const EnhancedCode&) = default;
};

struct Reply {
  std::uint16_t code = 0;
  EnhancedCode enhanced;
  std::string text;  ///< lines separated by LF

  bool is_positive() const { return code >= 200 && code < 400; }
  bool is_temporary() const { return code >= 400 && code < 500; }
  bool is_permanent() const { return code >= 500; }

  /// With CRLFs; the enhanced code on every line. What may not stand in a reply is shown as \xNN.
  void print(std::string& out) const;
  std::string print() const;

  friend bool operator==(const Reply&, const Reply&) = default;
};

/// Gathers a reply from its lines. Bounded: at most 512 lines and 64 KiB of text are accepted.
class ReplyParser {
 public:
  enum class Progress { more, done, failed };
  /// One line without CRLF. After done or failed it begins anew.
  Progress feed(std::string_view line);
  /// The reply last finished.
  const Reply& reply() const { return reply_; }

 private:
  Progress restart(Progress with);

  Reply reply_;
  std::size_t lines_ = 0;
  bool is_finished_ = false;
};

}  // namespace posthorn::smtp
