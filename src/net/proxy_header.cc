#include "net/proxy_header.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "codec/crc32c.h"

namespace posthorn::net {
namespace {

constexpr std::string_view kSignature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr std::uint8_t kLocal = 0x20, kProxy = 0x21;
enum Family : std::uint8_t { kUnspecified = 0x00, kTcp4 = 0x11, kTcp6 = 0x21, kUnix = 0x31 };
constexpr std::uint8_t kChecksum = 0x03;
constexpr std::size_t kUnixAddresses = 216;

std::uint8_t byte_at(std::string_view bytes, std::size_t at) { return static_cast<std::uint8_t>(bytes[at]); }
std::uint16_t number_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint16_t>(byte_at(bytes, at) << 8 | byte_at(bytes, at + 1));
}

template <std::size_t n>
std::array<std::uint8_t, n> address_at(std::string_view bytes, std::size_t at) {
  std::array<std::uint8_t, n> out;
  std::ranges::transform(bytes.substr(at, n), out.begin(), [](char c) { return static_cast<std::uint8_t>(c); });
  return out;
}

/// The two addresses and ports of a block, and how long it is. The block is long enough.
std::optional<ProxyHeader::Names> names_in(std::string_view block, std::uint8_t family) {
  const auto names = [&](const IpAddress& source, const IpAddress& destination, std::size_t ports) {
    return ProxyHeader::Names{{source, number_at(block, ports)}, {destination, number_at(block, ports + 2)}};
  };
  if (family == kTcp4) return names(IpAddress::v4(address_at<4>(block, 0)), IpAddress::v4(address_at<4>(block, 4)), 8);
  if (family == kTcp6)
    return names(IpAddress::v6(address_at<16>(block, 0)), IpAddress::v6(address_at<16>(block, 16)), 32);
  return std::nullopt;
}

std::optional<std::size_t> size_of_addresses(std::uint8_t family) {
  switch (family) {
    case kUnspecified: return 0;
    case kTcp4: return 12;
    case kTcp6: return 36;
    case kUnix: return kUnixAddresses;
    default: return std::nullopt;
  }
}

// `at`: where the value of a checksum lies in `header`.
bool is_checksum_right(std::string_view header, std::size_t at) {
  std::string zeroed(header);
  std::fill_n(zeroed.begin() + static_cast<std::ptrdiff_t>(at), 4, '\0');
  const std::uint32_t told = static_cast<std::uint32_t>(number_at(header, at)) << 16 | number_at(header, at + 2);
  return codec::crc32c(zeroed) == told;
}

Result<void> check_extensions(std::string_view header, std::size_t at) {
  while (at < header.size()) {
    if (header.size() - at < 3) return fail(Code::syntax, "an extension of the PROXY header is cut");
    const std::uint8_t type = byte_at(header, at);
    const std::size_t size = number_at(header, at + 1);
    at += 3;
    if (header.size() - at < size) return fail(Code::syntax, "an extension of the PROXY header is cut");
    if (type == kChecksum && (size != 4 || !is_checksum_right(header, at)))
      return fail(Code::syntax, "the checksum of the PROXY header is wrong");
    at += size;
  }
  return {};
}

}  // namespace

Result<std::size_t> proxy_rest_size(std::string_view preamble) {
  if (preamble.size() < kProxyPreamble || !preamble.starts_with(kSignature))
    return fail(Code::syntax, "this is no PROXY header of version 2");
  const std::size_t size = number_at(preamble, 14);
  if (size > kLongestProxyRest) return fail(Code::too_big, "the PROXY header is too long");
  return size;
}

Result<ProxyHeader> parse_proxy_header(std::string_view bytes) {
  const auto size = proxy_rest_size(bytes);
  if (!size) return fail(size);
  if (bytes.size() != kProxyPreamble + *size) return fail(Code::syntax, "the PROXY header is cut");
  const std::uint8_t command = byte_at(bytes, 12), family = byte_at(bytes, 13);
  if (command != kLocal && command != kProxy) return fail(Code::syntax, "the PROXY header has an unknown command");
  // What is said of addresses in LOCAL is to be passed over, whatever it is.
  if (command == kLocal) return ProxyHeader{};
  const auto addresses = size_of_addresses(family);
  if (!addresses) return fail(Code::not_supported, "the PROXY header is not about a stream");
  if (*size < *addresses) return fail(Code::syntax, "the addresses of the PROXY header are cut");
  // Of an unspecified protocol nobody knows where the extensions begin.
  if (family == kUnspecified) return ProxyHeader{};
  if (auto good = check_extensions(bytes, kProxyPreamble + *addresses); !good) return fail(good);
  return ProxyHeader{names_in(bytes.substr(kProxyPreamble), family)};
}

}  // namespace posthorn::net
