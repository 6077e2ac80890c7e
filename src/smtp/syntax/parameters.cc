#include "smtp/syntax/parameters.h"

#include "abnf/cursor.h"
#include "base/text.h"

namespace posthorn::smtp {
namespace {

bool is_keyword_char(char c) { return is_alnum(c) || c == '-'; }
bool is_value_char(char c) { return c > ' ' && c <= '~' && c != '='; }
bool is_xchar(char c) { return c > ' ' && c <= '~' && c != '+' && c != '='; }

std::unexpected<Error> bad_value(const Parameter& p) {
  return fail(Code::syntax, "the value of " + p.keyword + " is not acceptable");
}

Result<void> read_size(const Parameter& p, MailParameters& into) {
  if (into.size) return bad_value(p);
  into.size = parse_decimal<std::uint64_t>(p.value.value_or(""));
  return into.size ? Result<void>() : bad_value(p);
}

Result<void> read_body(const Parameter& p, MailParameters& into) {
  const std::string_view value = p.value ? std::string_view(*p.value) : std::string_view();
  if (into.body) return bad_value(p);
  if (iequals(value, "7BIT")) into.body = BodyType::seven_bit;
  if (iequals(value, "8BITMIME")) into.body = BodyType::eight_bit_mime;
  return into.body ? Result<void>() : bad_value(p);
}

Result<void> read_auth(const Parameter& p, MailParameters& into) {
  if (into.auth || !p.value) return bad_value(p);
  into.auth = *p.value == "<>" ? std::string() : decode_xtext(*p.value);
  return into.auth ? Result<void>() : bad_value(p);
}

}  // namespace

Result<Parameters> parse_parameters(std::string_view text) {
  abnf::Cursor c(trim(text));
  if (!text.empty() && text.front() != ' ') c.fail("a space is expected");
  Parameters parameters;
  while (!c.at_end()) {
    Parameter p;
    p.keyword = to_upper(c.take_while(is_keyword_char));
    if (p.keyword.empty() || p.keyword.front() == '-') c.fail("a parameter is expected");
    if (c.try_char('=')) {
      p.value = std::string(c.take_while(is_value_char));
      if (p.value->empty()) c.fail("a parameter's value is expected");
    }
    if (!c.at_end()) c.require_char(' ');
    c.take_while(is_wsp);
    parameters.push_back(std::move(p));
  }
  return c.result(std::move(parameters));
}

std::string print_parameters(const Parameters& parameters) {
  std::string out;
  for (const auto& p : parameters) {
    out += ' ' + p.keyword;
    if (p.value) out += '=' + *p.value;
  }
  return out;
}

Result<MailParameters> MailParameters::from(const Parameters& parameters) {
  MailParameters known;
  for (const auto& p : parameters) {
    Result<void> read = fail(Code::not_supported, "the parameter " + p.keyword + " is not offered");
    if (p.keyword == "SIZE") read = read_size(p, known);
    if (p.keyword == "BODY") read = read_body(p, known);
    if (p.keyword == "AUTH") read = read_auth(p, known);
    if (!read) return fail(read);
  }
  return known;
}

Parameters MailParameters::to_parameters() const {
  Parameters out;
  if (size) out.push_back({"SIZE", std::to_string(*size)});
  if (body) out.push_back({"BODY", *body == BodyType::seven_bit ? "7BIT" : "8BITMIME"});
  if (auth) out.push_back({"AUTH", auth->empty() ? "<>" : encode_xtext(*auth)});
  return out;
}

Result<RcptParameters> RcptParameters::from(const Parameters& parameters) {
  if (parameters.empty()) return RcptParameters{};
  return fail(Code::not_supported, "the parameter " + parameters.front().keyword + " is not offered");
}

std::optional<std::string> decode_xtext(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_xchar(text[i])) {
      out += text[i];
      continue;
    }
    if (text[i] != '+' || text.size() - i < 3) return std::nullopt;
    const int high = hex_value(text[i + 1]), low = hex_value(text[i + 2]);
    if (high < 0 || low < 0 || is_lower(text[i + 1]) || is_lower(text[i + 2])) return std::nullopt;
    out += static_cast<char>(high << 4 | low);
    i += 2;
  }
  return out;
}

std::string encode_xtext(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    if (is_xchar(c))
      out += c;
    else
      out += '+' + to_upper(to_hex({&c, 1}));
  }
  return out;
}

}  // namespace posthorn::smtp
