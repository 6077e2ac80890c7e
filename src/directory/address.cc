#include "directory/address.h"

#include <algorithm>

#include "abnf/atom.h"
#include "base/text.h"
#include "codec/idna.h"
#include "codec/unicode.h"

namespace posthorn::directory {
namespace {

constexpr std::size_t kLongestAddress = 254;   // RFC 5321 4.5.3.1.3 less its angle brackets
constexpr std::size_t kLongestLocalPart = 64;  // RFC 5321 4.5.3.1.1

/// RFC 6531 3.3 adds to atext what is not ASCII.
bool is_dot_string(std::string_view s) {
  std::string ascii(s);
  std::ranges::replace_if(ascii, is_8bit, 'x');
  return abnf::is_dot_string(ascii);
}

}  // namespace

bool is_host_name(std::string_view name) {
  if (name.size() > 253) return false;
  const auto labels = split(name, '.');
  for (const auto label : labels) {
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
    for (const char c : label)
      if (!is_alnum(c) && c != '-') return false;
  }
  return !std::ranges::all_of(labels.back(), is_digit);
}

Result<std::string> canonical_domain(std::string_view domain) {
  auto ascii = codec::domain_to_ascii(domain);
  if (!ascii || ascii->empty() || ascii->size() > 253 || ascii->find('@') != std::string::npos)
    return fail(Code::syntax, "not a domain name: " + printable(domain));
  return to_lower(*ascii);
}

Result<std::string> canonical_address(std::string_view address) {
  const auto wrong = [&] { return fail(Code::syntax, "not an address (local-part@domain): " + printable(address)); };
  const auto at = address.rfind('@');
  if (at == std::string_view::npos || at == 0) return wrong();
  const auto local = address.substr(0, at);
  if (!codec::is_valid_utf8(local)) return wrong();
  for (const char c : local)
    if (is_ctl(c) || c == ' ') return wrong();
  const auto domain = canonical_domain(address.substr(at + 1));
  if (!domain) return domain;
  auto canonical = to_lower(codec::to_nfc(local)) + "@" + *domain;
  if (canonical.size() > kLongestAddress) return fail(Code::syntax, "the address is too long");
  return canonical;
}

Result<std::string> address_to_make(std::string_view address) {
  auto canonical = canonical_address(address);
  if (!canonical) return canonical;
  const auto local = local_part_of(*canonical);
  if (local.size() > kLongestLocalPart) return fail(Code::syntax, "the part before the @ is longer than 64 bytes");
  if (!is_dot_string(local))
    return fail(Code::syntax, "no mail can be sent to such an address (RFC 5321 4.1.2): " + printable(address));
  return canonical;
}

std::string_view domain_of(std::string_view address) { return address.substr(address.rfind('@') + 1); }

std::string_view local_part_of(std::string_view address) { return address.substr(0, address.rfind('@')); }

}  // namespace posthorn::directory
