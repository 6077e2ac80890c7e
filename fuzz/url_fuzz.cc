// URLs: any bytes are refused or understood, and what is understood is printed so that it is understood the same again.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "http/url.h"

using namespace posthorn;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto url = http::Url::parse({reinterpret_cast<const char*>(data), size});
  if (!url) return 0;
  if (url->host.empty() || url->target.empty() || url->target.front() != '/') std::abort();
  for (const char c : url->host + url->target)
    if (c <= ' ' || c > '~') std::abort();
  const auto again = http::Url::parse(url->text());
  if (!again || again->is_https != url->is_https || again->host != url->host || again->port != url->port ||
      again->target != url->target)
    std::abort();
  return 0;
}
