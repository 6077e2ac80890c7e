// URLs of http and https, RFC 9110 4.2 and RFC 3986.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace posthorn::http {

struct Url {
  bool is_https = false;
  std::string host;         ///< lower case; a name, or an IP address without brackets
  std::uint16_t port = 80;  ///< 443 or 80 where none is given
  std::string target;       ///< path and query, from "/" on; the fragment is dropped

  /// Errors: syntax, also for user information (RFC 9110 4.2.4) and anything but visible ASCII.
  static Result<Url> parse(std::string_view text);
  /// The value of Host, RFC 9110 7.2.
  std::string host_field() const;
  std::string text() const;
};

}  // namespace posthorn::http
