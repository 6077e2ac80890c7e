#include "smtp/syntax/path.h"

#include <algorithm>

#include "abnf/atom.h"
#include "base/text.h"
#include "codec/idna.h"
#include "codec/unicode.h"

namespace posthorn::smtp {
namespace {

// RFC 5321 4.5.3.1.1 asks for 64; senders' VERP addresses are longer, and only our memory is at stake.
constexpr std::size_t kLongestLocalPart = 256;
constexpr std::size_t kLongestDomain = 255;
constexpr std::size_t kLongestLabel = 63;

// RFC 6531 3.3: atext =/ UTF8-non-ascii
bool is_utf8_atext(char c) { return abnf::is_atext(c) || is_8bit(c); }

bool is_dot_string(std::string_view s) {
  return std::ranges::all_of(
      split(s, '.'), [](std::string_view atom) { return !atom.empty() && std::ranges::all_of(atom, is_utf8_atext); });
}

bool is_label(std::string_view label) {
  const auto belongs = [](char c) { return is_alnum(c) || c == '-' || c == '_'; };
  return !label.empty() && label.size() <= kLongestLabel && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(), belongs);
}

// RFC 5321 4.1.3; `inside` is without the brackets.
std::optional<net::IpAddress> literal_address(std::string_view inside) {
  if (istarts_with(inside, "IPv6:")) {
    inside.remove_prefix(5);
    if (inside.find(':') == std::string_view::npos) return std::nullopt;
    return net::IpAddress::parse(inside);
  }
  if (inside.find(':') != std::string_view::npos) return std::nullopt;
  return net::IpAddress::parse(inside);
}

// General-address-literal = Standardized-tag ":" 1*dcontent
bool is_general_literal(std::string_view inside) {
  const auto colon = inside.find(':');
  if (colon == std::string_view::npos || colon + 1 == inside.size()) return false;
  const auto tag = inside.substr(0, colon);
  if (iequals(tag, "IPv6") || tag.empty() || !is_alnum(tag.back())) return false;
  return std::all_of(tag.begin(), tag.end(), [](char c) { return is_alnum(c) || c == '-'; });
}

}  // namespace

bool is_domain(std::string_view text) {
  if (text.empty() || text.size() > kLongestDomain) return false;
  const auto labels = split(text, '.');
  return std::all_of(labels.begin(), labels.end(), is_label);
}

std::optional<net::IpAddress> Mailbox::literal() const {
  if (!is_at_literal()) return std::nullopt;
  return literal_address(std::string_view(domain).substr(1, domain.size() - 2));
}

std::string Mailbox::text() const {
  std::string out;
  if (is_dot_string(local_part)) {
    out = local_part;
  } else {
    out = '"';
    for (const char c : local_part) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    out += '"';
  }
  return domain.empty() ? out : out + '@' + domain;
}

Result<Mailbox> Mailbox::parse(std::string_view text) {
  PathCursor c(text);
  auto mailbox = c.mailbox();
  c.require_end();
  return c.result(std::move(mailbox));
}

Result<ReversePath> ReversePath::parse(std::string_view text) {
  PathCursor c(text);
  auto path = c.reverse_path();
  c.require_end();
  return c.result(std::move(path));
}

std::string ReversePath::text() const { return mailbox ? '<' + mailbox->text() + '>' : "<>"; }

Result<ForwardPath> ForwardPath::parse(std::string_view text) {
  PathCursor c(text);
  auto path = c.forward_path();
  c.require_end();
  return c.result(std::move(path));
}

std::string ForwardPath::text() const { return '<' + mailbox.text() + '>'; }

ReversePath PathCursor::reverse_path() {
  require_char('<');
  if (try_char('>')) return {};
  source_route();
  ReversePath path{mailbox()};
  require_char('>');
  return path;
}

ForwardPath PathCursor::forward_path() {
  require_char('<');
  constexpr std::string_view kPostmaster = "Postmaster>";
  if (istarts_with(rest(), kPostmaster)) return {{std::string(take(kPostmaster.size()).substr(0, 10)), ""}};
  source_route();
  ForwardPath path{mailbox()};
  require_char('>');
  return path;
}

// A-d-l = At-domain *( "," At-domain )
void PathCursor::source_route() {
  if (peek() != '@') return;
  do {
    require_char('@');
    domain();
  } while (try_char(','));
  require_char(':');
}

Mailbox PathCursor::mailbox() {
  Mailbox mailbox;
  mailbox.local_part = local_part();
  require_char('@');
  mailbox.domain = peek() == '[' ? address_literal() : domain();
  return mailbox;
}

std::string PathCursor::local_part() {
  std::string part;
  if (peek() == '"') {
    part = quoted_string();
  } else {
    part = take_while([](char c) { return is_utf8_atext(c) || c == '.'; });
    if (!is_dot_string(part)) fail("a local part is expected");
  }
  if (!codec::is_valid_utf8(part)) fail("the local part is not UTF-8");
  if (part.size() > kLongestLocalPart) fail("the local part is too long");
  return part;
}

std::string PathCursor::quoted_string() {
  std::string text;
  require_char('"');
  while (ok() && !try_char('"')) {
    char c = any_char();
    if (c == '\\') c = any_char();
    if (is_ctl(c)) fail("a character that may not be quoted");
    text += c;
  }
  return text;
}

std::string PathCursor::domain() {
  std::string name(take_while([](char c) { return is_alnum(c) || is_8bit(c) || c == '-' || c == '_' || c == '.'; }));
  const auto ascii = has_8bit(name) ? codec::domain_to_ascii(name) : name;
  if (!ascii || !is_domain(*ascii)) fail("a domain is expected");
  return name;
}

std::string PathCursor::address_literal() {
  require_char('[');
  const auto inside = take_while([](char c) { return c > ' ' && c <= '~' && c != '[' && c != ']' && c != '\\'; });
  require_char(']');
  if (!literal_address(inside) && !is_general_literal(inside)) fail("an address literal is expected");
  if (inside.size() > kLongestDomain) fail("the address literal is too long");
  return '[' + std::string(inside) + ']';
}

}  // namespace posthorn::smtp
