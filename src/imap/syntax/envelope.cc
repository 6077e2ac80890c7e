#include "imap/syntax/envelope.h"

#include "imap/syntax/printer.h"

namespace posthorn::imap {

using Addresses = std::vector<EnvelopeAddress>;

static constexpr Addresses Envelope::* kLists[] = {&Envelope::from, &Envelope::sender, &Envelope::reply_to,
                                                   &Envelope::to,   &Envelope::cc,     &Envelope::bcc};

EnvelopeAddress EnvelopeAddress::parse(Lexer& in) {
  EnvelopeAddress address;
  in.open();
  address.name = in.nstring();
  in.sp();
  address.route = in.nstring();
  in.sp();
  address.mailbox = in.nstring();
  in.sp();
  address.host = in.nstring();
  in.close();
  return in.ok() ? address : EnvelopeAddress{};
}

void EnvelopeAddress::print(std::string& out) const {
  out += '(';
  print_nstring(out, name);
  out += ' ';
  print_nstring(out, route);
  out += ' ';
  print_nstring(out, mailbox);
  out += ' ';
  print_nstring(out, host);
  out += ')';
}

/// "(" 1*address ")" or NIL; servers differ about spaces between the addresses.
static Addresses parse_addresses(Lexer& in) {
  Addresses addresses;
  if (in.try_text("NIL")) return addresses;
  in.open();
  do {
    addresses.push_back(EnvelopeAddress::parse(in));
    in.try_char(' ');
  } while (in.peek() == '(');
  in.close();
  return addresses;
}

Envelope Envelope::parse(Lexer& in) {
  Envelope envelope;
  in.open();
  envelope.date = in.nstring();
  in.sp();
  envelope.subject = in.nstring();
  in.sp();
  for (const auto list : kLists) {
    envelope.*list = parse_addresses(in);
    in.sp();
  }
  envelope.in_reply_to = in.nstring();
  in.sp();
  envelope.message_id = in.nstring();
  in.close();
  return in.ok() ? envelope : Envelope{};
}

void Envelope::print(std::string& out) const {
  out += '(';
  print_nstring(out, date);
  out += ' ';
  print_nstring(out, subject);
  out += ' ';
  for (const auto list : kLists) {
    const Addresses& addresses = this->*list;
    if (addresses.empty()) out += "NIL";
    if (!addresses.empty()) out += '(';
    for (const auto& address : addresses) address.print(out);
    if (!addresses.empty()) out += ')';
    out += ' ';
  }
  print_nstring(out, in_reply_to);
  out += ' ';
  print_nstring(out, message_id);
  out += ')';
}

}  // namespace posthorn::imap
