#include "pop3/syntax.h"

#include "base/text.h"

namespace posthorn::pop3 {
namespace {

constexpr std::size_t kLongestText = 400;

}  // namespace

Result<CommandLine> CommandLine::parse(std::string_view line) {
  const auto space = line.find(' ');
  const auto keyword = line.substr(0, space);
  if (keyword.size() < 3 || keyword.size() > 20) return fail(Code::syntax, "not a command of POP3");
  for (const char c : keyword)
    if (!is_alnum(c)) return fail(Code::syntax, "not a command of POP3");
  for (const char c : line)
    if (is_ctl(c)) return fail(Code::syntax, "control characters are not allowed in commands");
  return CommandLine{to_upper(keyword), space == std::string_view::npos ? "" : std::string(line.substr(space + 1))};
}

Result<std::uint32_t> parse_message_number(std::string_view text) {
  const auto number = parse_decimal<std::uint32_t>(text);
  if (!number || *number == 0) return fail(Code::syntax, "the number of a message is expected");
  return *number;
}

Result<TopArgs> TopArgs::parse(std::string_view text) {
  const auto space = text.find(' ');
  const auto message = parse_message_number(text.substr(0, space));
  if (!message) return fail(message);
  const auto lines =
      space == std::string_view::npos ? std::nullopt : parse_decimal<std::uint64_t>(text.substr(space + 1));
  if (!lines) return fail(Code::syntax, "TOP takes the number of a message and a number of lines");
  return TopArgs{*message, *lines};
}

Result<AuthArgs> AuthArgs::parse(std::string_view text) {
  const auto space = text.find(' ');
  AuthArgs args{to_upper(text.substr(0, space)), std::nullopt};
  if (args.mechanism.empty()) return fail(Code::syntax, "the name of a mechanism is expected");
  if (space == std::string_view::npos) return args;
  const auto response = text.substr(space + 1);
  if (response.empty()) return fail(Code::syntax, "base64 is expected, or =");
  args.initial_response = response == "=" ? "" : std::string(response);
  return args;
}

void Reply::print(std::string& out) const {
  out += is_ok ? "+OK" : "-ERR";
  if (!code.empty()) out.append(" [").append(code).append("]");
  if (!text.empty()) out += ' ';
  const auto start = out.size();
  for (const char c : std::string_view(text).substr(0, kLongestText)) out += is_ctl(c) || is_8bit(c) ? '?' : c;
  // Without a code, text in brackets would be taken for one.
  if (code.empty() && out.size() > start && out[start] == '[') out[start] = '(';
  out += "\r\n";
}

}  // namespace posthorn::pop3
