// The PROXY header: any bytes are refused or understood, and only whole headers are.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "net/proxy_header.h"

using namespace posthorn;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto parsed = net::parse_proxy_header(bytes);
  if (!parsed) return 0;
  const auto rest = net::proxy_rest_size(bytes.substr(0, net::kProxyPreamble));
  if (!rest || bytes.size() != net::kProxyPreamble + *rest) std::abort();
  if (net::parse_proxy_header(bytes.substr(0, size - 1))) std::abort();
  return 0;
}
