// Literals as the reader of commands meets them: at the end of a line, before their bytes are there
// (RFC 9051 4.3, RFC 7888).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace posthorn::imap {

struct LiteralAnnouncement {
  /// In bytes, up to 2^63 - 1: not yet compared with any limit.
  std::uint64_t size = 0;
  /// The peer waits for "+ " before it sends the bytes; false for `{n+}`.
  bool synchronising = true;
  /// `~{n}`, a literal8 (RFC 3516): may hold NUL.
  bool binary = false;

  void print(std::string& out) const;
  friend bool operator==(const LiteralAnnouncement&, const LiteralAnnouncement&) = default;
};

/// The largest literal that may come unasked where only LITERAL- is offered (RFC 7888 5), in bytes.
inline constexpr std::uint64_t kLiteralMinusLimit = 4096;

/// What the end of a command's line, its CRLF taken off, announces: nothing, or a literal. A line that ends in braces
/// without a proper size between them ("{-1}", "{99999999999999999999}") is a syntax error: after one that ends in
/// "+}" the peer sends bytes of which nobody can tell the number, so that only closing the connection is safe.
Result<std::optional<LiteralAnnouncement>> announced_literal(std::string_view line);

}  // namespace posthorn::imap
