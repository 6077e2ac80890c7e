#include "smtp/syntax/parameters.h"

#include <algorithm>

#include "abnf/atom.h"
#include "abnf/cursor.h"
#include "base/text.h"
#include "codec/unicode.h"

namespace posthorn::smtp {
namespace {

constexpr std::size_t kLongestEnvelopeId = 100;         // RFC 3461 4.4
constexpr std::size_t kLongestOriginalRecipient = 500;  // RFC 3461 4.2
constexpr std::string_view kUtf8 = "utf-8";

bool is_keyword_char(char c) { return is_alnum(c) || c == '-'; }
// RFC 5321 4.1.2 esmtp-value, RFC 6531 3.3
bool is_value_char(char c) { return (c > ' ' && c <= '~' && c != '=') || is_8bit(c); }

std::unexpected<Error> bad_value(const Parameter& p) {
  return fail(Code::syntax, "the value of " + p.keyword + " is not acceptable");
}
Result<void> outcome(bool is_good, const Parameter& p) { return is_good ? Result<void>() : bad_value(p); }
std::string_view value_of(const Parameter& p) { return p.value ? std::string_view(*p.value) : std::string_view(); }

bool is_printable(std::string_view s) { return std::ranges::none_of(s, is_ctl); }

Result<void> read_size(const Parameter& p, MailParameters& into) {
  into.size = parse_decimal<std::uint64_t>(value_of(p));
  return outcome(into.size.has_value(), p);
}

Result<void> read_body(const Parameter& p, MailParameters& into) {
  if (iequals(value_of(p), "7BIT")) into.body = BodyType::seven_bit;
  if (iequals(value_of(p), "8BITMIME")) into.body = BodyType::eight_bit_mime;
  if (iequals(value_of(p), "BINARYMIME")) into.body = BodyType::binary_mime;
  return outcome(into.body.has_value(), p);
}

Result<void> read_auth(const Parameter& p, MailParameters& into) {
  into.auth = value_of(p) == "<>" ? std::string() : decode_xtext(value_of(p));
  return outcome(p.value && into.auth, p);
}

Result<void> read_utf8(const Parameter& p, MailParameters& into) {
  into.is_utf8 = true;
  return outcome(!p.value, p);
}

Result<void> read_return(const Parameter& p, MailParameters& into) {
  if (iequals(value_of(p), "FULL")) into.returns = Return::full;
  if (iequals(value_of(p), "HDRS")) into.returns = Return::headers;
  return outcome(into.returns.has_value(), p);
}

Result<void> read_envelope_id(const Parameter& p, MailParameters& into) {
  into.envelope_id = decode_xtext(value_of(p));
  return outcome(into.envelope_id && !into.envelope_id->empty() && into.envelope_id->size() <= kLongestEnvelopeId &&
                     is_printable(*into.envelope_id) && !has_8bit(*into.envelope_id),
                 p);
}

Result<void> read_notify(const Parameter& p, RcptParameters& into) {
  into.notify.emplace();
  if (iequals(value_of(p), "NEVER")) return {};
  for (const auto word : split(value_of(p), ',')) {
    bool* const wanted = iequals(word, "SUCCESS")   ? &into.notify->success
                         : iequals(word, "FAILURE") ? &into.notify->failure
                         : iequals(word, "DELAY")   ? &into.notify->delay
                                                    : nullptr;
    if (wanted == nullptr) return bad_value(p);
    *wanted = true;
  }
  return {};
}

Result<void> read_original(const Parameter& p, RcptParameters& into) {
  auto original = OriginalRecipient::parse(value_of(p));
  if (!original) return bad_value(p);
  into.original = std::move(*original);
  return {};
}

template <class Into>
struct Known {
  std::string_view keyword;
  Result<void> (*read)(const Parameter& p, Into& into);
};
constexpr Known<MailParameters> kOfMail[] = {{"SIZE", read_size},  {"BODY", read_body},
                                             {"AUTH", read_auth},  {"SMTPUTF8", read_utf8},
                                             {"RET", read_return}, {"ENVID", read_envelope_id}};
constexpr Known<RcptParameters> kOfRcpt[] = {{"NOTIFY", read_notify}, {"ORCPT", read_original}};

template <class Into, std::size_t n>
Result<Into> read(const Parameters& parameters, const Known<Into> (&table)[n]) {
  Into into;
  std::uint32_t seen = 0;
  for (const auto& p : parameters) {
    const auto* row = std::ranges::find(table, p.keyword, &Known<Into>::keyword);
    if (row == std::end(table)) return fail(Code::not_supported, "the parameter " + p.keyword + " is not offered");
    const std::uint32_t bit = UINT32_C(1) << (row - table);
    if ((seen & bit) != 0) return fail(Code::syntax, p.keyword + " is given twice");
    seen |= bit;
    if (auto done = row->read(p, into); !done) return fail(done);
  }
  return into;
}

std::string print_body(BodyType body) {
  constexpr std::string_view kNames[] = {"7BIT", "8BITMIME", "BINARYMIME"};
  return std::string(kNames[static_cast<int>(body)]);
}

std::string print_notify(const Notify& notify) {
  std::string out;
  for (const auto& [wanted, word] : {std::pair{notify.success, ",SUCCESS"}, std::pair{notify.failure, ",FAILURE"},
                                     std::pair{notify.delay, ",DELAY"}})
    if (wanted) out += word;
  return out.empty() ? "NEVER" : out.substr(1);
}

}  // namespace

Result<Parameters> parse_parameters(std::string_view text) {
  abnf::Cursor c(trim(text));
  if (!text.empty() && text.front() != ' ') c.fail("a space is expected");
  if (!codec::is_valid_utf8(text)) c.fail("the parameters are not UTF-8");
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

Result<MailParameters> MailParameters::from(const Parameters& parameters) { return read(parameters, kOfMail); }

Parameters MailParameters::to_parameters() const {
  Parameters out;
  if (size) out.push_back({"SIZE", std::to_string(*size)});
  if (body) out.push_back({"BODY", print_body(*body)});
  if (auth) out.push_back({"AUTH", auth->empty() ? "<>" : encode_xtext(*auth)});
  if (is_utf8) out.push_back({"SMTPUTF8", std::nullopt});
  if (returns) out.push_back({"RET", *returns == Return::full ? "FULL" : "HDRS"});
  if (envelope_id) out.push_back({"ENVID", encode_xtext(*envelope_id)});
  return out;
}

Result<RcptParameters> RcptParameters::from(const Parameters& parameters) { return read(parameters, kOfRcpt); }

Parameters RcptParameters::to_parameters() const {
  Parameters out;
  if (notify) out.push_back({"NOTIFY", print_notify(*notify)});
  if (original) out.push_back({"ORCPT", original->print()});
  return out;
}

Result<OriginalRecipient> OriginalRecipient::parse(std::string_view value) {
  const auto semicolon = value.find(';');
  if (semicolon == std::string_view::npos) return fail(Code::syntax, "an address type and an address are expected");
  OriginalRecipient original{to_lower(value.substr(0, semicolon)), {}};
  if (!abnf::is_dot_string(original.type)) return fail(Code::syntax, "an address type is expected");
  const auto encoded = value.substr(semicolon + 1);
  auto address = original.type == kUtf8 ? decode_utf8_xtext(encoded) : decode_xtext(encoded);
  const bool may_be_8bit = original.type == kUtf8;
  if (!address || address->empty() || address->size() > kLongestOriginalRecipient || !is_printable(*address) ||
      (has_8bit(*address) && !may_be_8bit))
    return fail(Code::syntax, "an address is expected");
  original.address = std::move(*address);
  return original;
}

std::string OriginalRecipient::print() const {
  return type + ';' + (type == kUtf8 ? encode_utf8_xtext(address) : encode_xtext(address));
}

}  // namespace posthorn::smtp
