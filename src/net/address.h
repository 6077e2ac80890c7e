// IP addresses and ports, as values.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

struct sockaddr;
struct sockaddr_storage;

namespace posthorn::net {

/// An IPv4 or IPv6 address without zone. An IPv4-mapped IPv6 address is kept as the IPv4 address that it means.
class IpAddress {
 public:
  /// 0.0.0.0
  IpAddress() = default;
  static IpAddress v4(std::array<std::uint8_t, 4> bytes);
  static IpAddress v6(std::array<std::uint8_t, 16> bytes);
  /// Dotted quad (RFC 5321 4.1.3, no leading zeros) or any RFC 4291 2.2 form; nothing before or after.
  static std::optional<IpAddress> parse(std::string_view text);

  bool is_v4() const { return is_v4_; }
  bool is_loopback() const;
  /// Network order: 4 or 16 bytes.
  std::string_view bytes() const;
  /// RFC 5952 form.
  std::string text() const;

  friend auto operator<=>(const IpAddress&, const IpAddress&) = default;

 private:
  bool is_v4_ = true;
  std::array<std::uint8_t, 16> bytes_{};
};

/// The addresses that have the first bits of one in common, RFC 4632 3.1.
struct IpNetwork {
  IpAddress base;  ///< the other bits are zero
  unsigned bits = 0;

  /// `bits` at most as many as the address has.
  static IpNetwork around(const IpAddress& ip, unsigned bits);
  /// What one household, or one server, has: an IPv4 address, an IPv6 /64.
  static IpNetwork of_peer(const IpAddress& ip) { return around(ip, ip.is_v4() ? 32 : 64); }
  /// "192.0.2.0/24", "2001:db8::/32", or one address.
  static std::optional<IpNetwork> parse(std::string_view text);
  bool contains(const IpAddress& ip) const { return ip.is_v4() == base.is_v4() && around(ip, bits) == *this; }
  /// What parse() takes; an address alone where it is all of one.
  std::string text() const;

  friend auto operator<=>(const IpNetwork&, const IpNetwork&) = default;
};

struct Endpoint {
  IpAddress ip;
  std::uint16_t port = 0;

  /// "192.0.2.1:25", "[2001:db8::1]:25"
  std::string text() const;
  /// What text() prints.
  static std::optional<Endpoint> parse(std::string_view text);

  /// For the operating system; returns the length written.
  unsigned to_sockaddr(sockaddr_storage* out) const;
  /// AF_INET and AF_INET6; any other family gives 0.0.0.0:0.
  static Endpoint from_sockaddr(const sockaddr* from);

  friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

}  // namespace posthorn::net
