#include "net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

#include "base/text.h"

namespace posthorn::net {
namespace {

constexpr std::array<std::uint8_t, 12> kMappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

}  // namespace

IpAddress IpAddress::v4(std::array<std::uint8_t, 4> bytes) {
  IpAddress address;
  std::copy(bytes.begin(), bytes.end(), address.bytes_.begin());
  return address;
}

IpAddress IpAddress::v6(std::array<std::uint8_t, 16> bytes) {
  if (std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), bytes.begin()))
    return v4({bytes[12], bytes[13], bytes[14], bytes[15]});
  IpAddress address;
  address.is_v4_ = false;
  address.bytes_ = bytes;
  return address;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  if (text.size() >= INET6_ADDRSTRLEN || text.find('\0') != std::string_view::npos) return std::nullopt;
  const std::string terminated(text);
  std::array<std::uint8_t, 4> four{};
  if (inet_pton(AF_INET, terminated.c_str(), four.data()) == 1) return v4(four);
  std::array<std::uint8_t, 16> sixteen{};
  if (inet_pton(AF_INET6, terminated.c_str(), sixteen.data()) == 1) return v6(sixteen);
  return std::nullopt;
}

bool IpAddress::is_loopback() const {
  if (is_v4_) return bytes_[0] == 127;
  return std::all_of(bytes_.begin(), bytes_.end() - 1, [](std::uint8_t b) { return b == 0; }) && bytes_[15] == 1;
}

std::string_view IpAddress::bytes() const { return {reinterpret_cast<const char*>(bytes_.data()), is_v4_ ? 4u : 16u}; }

std::string IpAddress::text() const {
  char printed[INET6_ADDRSTRLEN] = {};
  inet_ntop(is_v4_ ? AF_INET : AF_INET6, bytes_.data(), printed, sizeof printed);
  return printed;
}

std::string Endpoint::text() const {
  return (ip.is_v4() ? ip.text() : "[" + ip.text() + "]") + ":" + std::to_string(port);
}

std::optional<Endpoint> Endpoint::parse(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto port = parse_decimal<std::uint16_t>(text.substr(colon + 1));
  auto host = text.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  const auto ip = IpAddress::parse(host);
  if (!port || !ip || bracketed == ip->is_v4()) return std::nullopt;
  return Endpoint{*ip, *port};
}

static unsigned all_bits(const IpAddress& ip) { return ip.is_v4() ? 32 : 128; }

IpNetwork IpNetwork::around(const IpAddress& ip, unsigned bits) {
  std::array<std::uint8_t, 16> kept{};
  const auto bytes = ip.bytes();
  for (unsigned i = 0; i < bytes.size() && 8 * i < bits; ++i)
    kept[i] = static_cast<std::uint8_t>(bytes[i] & 0xff00 >> std::min(8u, bits - 8 * i));
  return {ip.is_v4() ? IpAddress::v4({kept[0], kept[1], kept[2], kept[3]}) : IpAddress::v6(kept), bits};
}

std::optional<IpNetwork> IpNetwork::parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto base = IpAddress::parse(text.substr(0, slash));
  if (!base) return std::nullopt;
  if (slash == std::string_view::npos) return around(*base, all_bits(*base));
  const auto bits = parse_decimal<unsigned>(text.substr(slash + 1));
  if (!bits || *bits > all_bits(*base)) return std::nullopt;
  return around(*base, *bits);
}

std::string IpNetwork::text() const {
  return bits == all_bits(base) ? base.text() : base.text() + "/" + std::to_string(bits);
}

unsigned Endpoint::to_sockaddr(sockaddr_storage* out) const {
  std::memset(out, 0, sizeof *out);
  if (ip.is_v4()) {
    auto* in = reinterpret_cast<sockaddr_in*>(out);
    in->sin_family = AF_INET;
    in->sin_port = htons(port);
    std::memcpy(&in->sin_addr, ip.bytes().data(), 4);
    return sizeof *in;
  }
  auto* in6 = reinterpret_cast<sockaddr_in6*>(out);
  in6->sin6_family = AF_INET6;
  in6->sin6_port = htons(port);
  std::memcpy(&in6->sin6_addr, ip.bytes().data(), 16);
  return sizeof *in6;
}

Endpoint Endpoint::from_sockaddr(const sockaddr* from) {
  if (from->sa_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, from, sizeof in);
    std::array<std::uint8_t, 4> four{};
    std::memcpy(four.data(), &in.sin_addr, four.size());
    return {IpAddress::v4(four), ntohs(in.sin_port)};
  }
  if (from->sa_family == AF_INET6) {
    sockaddr_in6 in6{};
    std::memcpy(&in6, from, sizeof in6);
    std::array<std::uint8_t, 16> sixteen{};
    std::memcpy(sixteen.data(), &in6.sin6_addr, sixteen.size());
    return {IpAddress::v6(sixteen), ntohs(in6.sin6_port)};
  }
  return {};
}

}  // namespace posthorn::net
