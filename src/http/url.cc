#include "http/url.h"

#include <algorithm>

#include "abnf/cursor.h"
#include "base/text.h"

namespace posthorn::http {
namespace {

constexpr std::size_t kLongest = 2048;

bool is_visible(char c) { return c > ' ' && c <= '~'; }
bool is_name_char(char c) { return is_alnum(c) || c == '-' || c == '.' || c == '_'; }
bool is_address_char(char c) { return hex_value(c) >= 0 || c == ':' || c == '.'; }

}  // namespace

Result<Url> Url::parse(std::string_view text) {
  if (text.size() > kLongest || !std::ranges::all_of(text, is_visible)) return fail(Code::syntax, "not a URL");
  abnf::Cursor c(text);
  Url url;
  c.require_text("http");
  if (c.try_char('s') || c.try_char('S')) {
    url.is_https = true;
    url.port = 443;
  }
  c.require_text("://");
  if (c.try_char('[')) {
    url.host = to_lower(c.take_while(is_address_char));
    c.require_char(']');
  } else {
    url.host = to_lower(c.take_while(is_name_char));
  }
  if (url.host.empty()) c.fail("a host is expected");
  if (c.try_char(':')) url.port = c.number<std::uint16_t>();
  const auto target = c.take_while([](char x) { return x != '#'; });
  // Whatever else stands behind the host (as "@" does) is none of ours.
  if (!target.empty() && target.front() != '/' && target.front() != '?') c.fail("a path is expected");
  url.target = target.starts_with('/') ? std::string(target) : "/" + std::string(target);
  return c.result(std::move(url));
}

std::string Url::host_field() const {
  std::string field = host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (port != (is_https ? 443 : 80)) field += ":" + std::to_string(port);
  return field;
}

std::string Url::text() const { return (is_https ? "https://" : "http://") + host_field() + target; }

}  // namespace posthorn::http
