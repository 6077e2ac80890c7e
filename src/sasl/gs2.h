// The GS2 header of RFC 5801 4, with which SCRAM and OAUTHBEARER begin: channel binding and authorization identity.
//
//   gs2-header = ("p=" cb-name / "n" / "y") "," ["a=" saslname] ","
#pragma once

#include <string>
#include <string_view>

#include "abnf/cursor.h"
#include "base/result.h"
#include "net/stream.h"

namespace posthorn::sasl {

struct Gs2Header {
  enum class Flag {
    none,       ///< n: the client knows no channel binding
    unoffered,  ///< y: it does, but thinks that the server does not
    bound,      ///< p=
  };
  Flag flag = Flag::none;
  std::string binding = "";        ///< bound: the name of the kind, such as "tls-exporter"
  std::string authorization = "";  ///< "" for none; valid UTF-8

  /// Takes one off the front; errors stay in `c`.
  static Gs2Header parse(abnf::Cursor& c);
  std::string print() const;

  friend bool operator==(const Gs2Header&, const Gs2Header&) = default;
};

/// "tls-exporter" (RFC 9266), "tls-unique", "tls-server-end-point" (RFC 5929).
std::string_view name_of(net::ChannelBinding kind);

/// saslname: `=2C` and `=3D` for "," and "=", not empty, valid UTF-8 without NUL, at most 1020 bytes; up to a ",".
/// Errors stay in `c`.
std::string take_saslname(abnf::Cursor& c);
void print_saslname(std::string& out, std::string_view name);

}  // namespace posthorn::sasl
