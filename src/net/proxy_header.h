// The header of the PROXY protocol, version 2 (haproxy's proxy-protocol.txt, 2.2): what a load balancer sends before
// the first byte of a connection that it hands on. Pure, total, bounded.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "net/address.h"

namespace posthorn::net {

/// Every header begins with so many bytes, which tell its size.
inline constexpr std::size_t kProxyPreamble = 16;
/// What may follow them; a longer header is refused.
inline constexpr std::size_t kLongestProxyRest = 4096;

struct ProxyHeader {
  struct Names {
    Endpoint source, destination;
    friend bool operator==(const Names&, const Names&) = default;
  };
  /// Nothing where the connection is the proxy's own (LOCAL, such as a health check), or came over what has no
  /// addresses of IP.
  std::optional<Names> names;

  friend bool operator==(const ProxyHeader&, const ProxyHeader&) = default;
};

/// How many bytes follow `preamble` (kProxyPreamble bytes). Errors: syntax, too_big.
Result<std::size_t> proxy_rest_size(std::string_view preamble);
/// A whole header. Its extensions (TLVs) must be well formed, and a checksum among them must be right; else they have
/// no effect. Errors: syntax, too_big, not_supported (datagrams).
Result<ProxyHeader> parse_proxy_header(std::string_view bytes);

}  // namespace posthorn::net
