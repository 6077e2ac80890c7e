#include "message/envelope.h"

#include "base/text.h"
#include "codec/charset.h"
#include "codec/idna.h"
#include "message/header.h"

namespace posthorn::message {
namespace {

// Empty is absent.
void put_nonempty(std::string& out, std::string_view s) {
  if (s.empty())
    out += "NIL";
  else
    put_string(out, s);
}

void put_address(std::string& out, std::string_view name, std::string_view route, std::string_view mailbox,
                 std::string_view domain) {
  out += '(';
  put_nonempty(out, name);
  out += ' ';
  put_nonempty(out, route);
  out += ' ';
  put_string(out, mailbox.empty() ? kMissingMailbox : mailbox);
  out += ' ';
  put_string(out, domain.empty() ? kMissingDomain : domain);
  out += ')';
}

void put_international(std::string& out, const Address& address, Utf8 mode) {
  const auto domain = codec::charset_to_utf8(address.domain, "");
  if (mode == Utf8::raw)
    return put_address(out, fit_text(address.name, mode), codec::charset_to_utf8(address.route, ""),
                       codec::charset_to_utf8(address.mailbox, ""), domain);
  const auto ascii = domain.empty() ? std::string() : codec::domain_to_ascii(domain).value_or("");
  if (!has_8bit(address.mailbox) && !ascii.empty())
    return put_address(out, fit_text(address.name, mode), fit_token(address.route, mode), address.mailbox, ascii);
  const auto shown = address.name.empty() ? addr_spec(address) : address.name + " <" + addr_spec(address) + ">";
  put_address(out, fit_text(shown, mode), {}, "invalid", "internationalized-address.invalid");
}

void put_one(std::string& out, const Address& address, Utf8 mode) {
  if (address.kind == Address::Kind::group_end) {
    out += "(NIL NIL NIL NIL)";
  } else if (address.kind == Address::Kind::group_start) {
    out += "(NIL NIL ";
    put_string(out, fit_text(address.name, mode));
    out += " NIL)";
  } else if (has_8bit(address.mailbox) || has_8bit(address.domain) || has_8bit(address.route)) {
    put_international(out, address, mode);
  } else {
    put_address(out, fit_text(address.name, mode), address.route, address.mailbox, address.domain);
  }
}

void put_list(std::string& out, const AddressList& list, Utf8 mode) {
  out += ' ';
  if (list.empty()) {
    out += "NIL";
    return;
  }
  out += '(';
  for (const auto& address : list) put_one(out, address, mode);
  out += ')';
}

void put_field(std::string& out, const std::optional<std::string>& value, Utf8 mode) {
  put_nstring(out, value ? std::optional(fit_text(*value, mode)) : std::nullopt);
}

void put_id(std::string& out, const std::optional<std::string>& value, Utf8 mode) {
  out += ' ';
  put_nstring(out, value ? std::optional(fit_token(*value, mode)) : std::nullopt);
}

}  // namespace

Envelope read_envelope(std::string_view header) {
  Envelope e;
  for (const auto& [name, value, offset, size] : Headers(header)) {
    // The length alone rules out most fields.
    switch (name.size()) {
      case 2:
        if (iequals(name, "to")) parse_address_list(value, e.to);
        if (iequals(name, "cc")) parse_address_list(value, e.cc);
        break;
      case 3:
        if (iequals(name, "bcc")) parse_address_list(value, e.bcc);
        break;
      case 4:
        if (iequals(name, "from")) parse_address_list(value, e.from);
        if (iequals(name, "date")) e.date = unfold(value);
        break;
      case 6:
        if (iequals(name, "sender")) parse_address_list(value, e.sender);
        break;
      case 7:
        if (iequals(name, "subject")) e.subject = unfold(value);
        break;
      case 8:
        if (iequals(name, "reply-to")) parse_address_list(value, e.reply_to);
        break;
      case 10:
        if (iequals(name, "message-id")) e.message_id = unfold(value);
        if (iequals(name, "references")) e.references = unfold(value);
        break;
      case 11:
        if (iequals(name, "in-reply-to")) e.in_reply_to = unfold(value);
        break;
      default: break;
    }
  }
  return e;
}

std::string print_envelope(const Envelope& e, Utf8 mode) {
  std::string out = "(";
  out.reserve(512);
  put_field(out, e.date, mode);
  out += ' ';
  put_field(out, e.subject, mode);
  put_list(out, e.from, mode);
  put_list(out, e.sender.empty() ? e.from : e.sender, mode);
  put_list(out, e.reply_to.empty() ? e.from : e.reply_to, mode);
  put_list(out, e.to, mode);
  put_list(out, e.cc, mode);
  put_list(out, e.bcc, mode);
  put_id(out, e.in_reply_to, mode);
  put_id(out, e.message_id, mode);
  return out + ")";
}

}  // namespace posthorn::message
