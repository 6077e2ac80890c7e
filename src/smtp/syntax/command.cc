#include "smtp/syntax/command.h"

#include <algorithm>

#include "base/text.h"

namespace posthorn::smtp {
namespace {

constexpr std::size_t kLongestName = 255;

bool is_name_char(char c) { return is_alnum(c) || std::string_view("._-:[]").find(c) != std::string_view::npos; }

std::string_view without_trailing_spaces(std::string_view s) {
  while (!s.empty() && is_wsp(s.back())) s.remove_suffix(1);
  return s;
}

}  // namespace

CommandLine CommandLine::split(std::string_view line) {
  const auto space = line.find(' ');
  if (space == std::string_view::npos) return {line, {}};
  return {line.substr(0, space), line.substr(space + 1)};
}

Result<Hello> Hello::parse(std::string_view arguments) {
  const auto name = without_trailing_spaces(arguments);
  if (name.empty() || name.size() > kLongestName || !std::all_of(name.begin(), name.end(), is_name_char))
    return fail(Code::syntax, "a host name or an address literal is expected");
  return Hello{std::string(name)};
}

Result<Mail> Mail::parse(std::string_view arguments) {
  PathCursor c(arguments);
  c.require_text("FROM:");
  c.take_while(is_wsp);
  Mail mail{c.reverse_path(), {}};
  if (!c.ok()) return c.result(std::move(mail));
  auto parameters = parse_parameters(c.rest());
  if (!parameters) return fail(parameters);
  mail.parameters = std::move(*parameters);
  return mail;
}

Result<Rcpt> Rcpt::parse(std::string_view arguments) {
  PathCursor c(arguments);
  c.require_text("TO:");
  c.take_while(is_wsp);
  Rcpt rcpt{c.forward_path(), {}};
  if (!c.ok()) return c.result(std::move(rcpt));
  auto parameters = parse_parameters(c.rest());
  if (!parameters) return fail(parameters);
  rcpt.parameters = std::move(*parameters);
  return rcpt;
}

Result<Bdat> Bdat::parse(std::string_view arguments) {
  abnf::Cursor c(without_trailing_spaces(arguments));
  Bdat bdat{c.number<std::uint64_t>(), false};
  if (!c.at_end()) {
    c.require_text(" LAST");
    bdat.is_last = true;
    c.require_end();
  }
  return c.result(bdat);
}

Result<Auth> Auth::parse(std::string_view arguments) {
  abnf::Cursor c(without_trailing_spaces(arguments));
  // RFC 4422 3.1: 1*20 letters, digits, hyphens, underscores
  Auth auth{to_upper(c.take_while([](char x) { return is_alnum(x) || x == '-' || x == '_'; })), std::nullopt};
  if (auth.mechanism.empty() || auth.mechanism.size() > 20) c.fail("a mechanism is expected");
  if (!c.at_end()) {
    c.require_char(' ');
    auth.initial_response = std::string(c.take_while([](char x) { return x > ' ' && x <= '~'; }));
    if (auth.initial_response->empty()) c.fail("an initial response is expected");
    c.require_end();
  }
  return c.result(std::move(auth));
}

}  // namespace posthorn::smtp
