#include "sasl/gs2.h"

#include "codec/unicode.h"

namespace posthorn::sasl {
namespace {

constexpr std::size_t kLongestName = 1020;
constexpr std::size_t kLongestBinding = 64;

// cb-name of RFC 5801 4
bool is_binding_char(char c) { return is_alnum(c) || c == '.' || c == '-'; }

}  // namespace

std::string_view name_of(net::ChannelBinding kind) {
  switch (kind) {
    case net::ChannelBinding::tls_exporter: return "tls-exporter";
    case net::ChannelBinding::tls_unique: return "tls-unique";
    case net::ChannelBinding::tls_server_end_point: return "tls-server-end-point";
  }
  return "";
}

std::string take_saslname(abnf::Cursor& c) {
  std::string name;
  while (!c.at_end() && c.peek() != ',') {
    const char next = c.any_char();
    if (next != '=') {
      name += next;
      continue;
    }
    // RFC 5802 5.1: any other "=" is an error. Upper case alone, as in the ABNF.
    const auto escaped = c.take(2);
    if (escaped == "2C")
      name += ',';
    else if (escaped == "3D")
      name += '=';
    else
      c.fail("in a name, = must be written as =3D");
  }
  if (name.empty()) c.fail("a name is expected");
  if (name.size() > kLongestName || name.find('\0') != std::string::npos || !codec::is_valid_utf8(name))
    c.fail("a name must be short UTF-8");
  return name;
}

void print_saslname(std::string& out, std::string_view name) {
  for (const char c : name) {
    if (c == ',')
      out += "=2C";
    else if (c == '=')
      out += "=3D";
    else
      out += c;
  }
}

Gs2Header Gs2Header::parse(abnf::Cursor& c) {
  Gs2Header header;
  switch (c.any_char()) {
    case 'n': break;
    case 'y': header.flag = Flag::unoffered; break;
    case 'p':
      header.flag = Flag::bound;
      c.require_char('=');
      header.binding = c.take_while(is_binding_char);
      if (header.binding.empty() || header.binding.size() > kLongestBinding) c.fail("a channel binding is expected");
      break;
    default: c.fail("a GS2 header is expected");
  }
  c.require_char(',');
  if (c.peek() == 'a') {
    c.any_char();
    c.require_char('=');
    header.authorization = take_saslname(c);
  }
  c.require_char(',');
  return header;
}

std::string Gs2Header::print() const {
  std::string out = flag == Flag::bound ? "p=" + binding : flag == Flag::unoffered ? "y" : "n";
  out += ',';
  if (!authorization.empty()) {
    out += "a=";
    print_saslname(out, authorization);
  }
  return out += ',';
}

}  // namespace posthorn::sasl
