#include "imap/syntax/command_args.h"

#include "imap/syntax/printer.h"

namespace posthorn::imap {

CommandHead CommandHead::parse(Lexer& in) {
  CommandHead head;
  head.tag = in.tag();
  in.sp();
  head.name = to_upper(in.atom());
  head.is_uid = head.name == "UID";
  if (!head.is_uid) return head;
  in.sp();
  head.name = to_upper(in.atom());
  return head;
}

void CommandHead::print(std::string& out) const { out.append(tag).append(is_uid ? " UID " : " ").append(name); }

LoginArgs LoginArgs::parse(Lexer& in) {
  LoginArgs args;
  args.user = in.astring();
  in.sp();
  args.password = in.astring();
  return args;
}

void LoginArgs::print(std::string& out) const {
  print_astring(out, user);
  out += ' ';
  print_astring(out, password);
}

AuthenticateArgs AuthenticateArgs::parse(Lexer& in) {
  AuthenticateArgs args;
  args.mechanism = to_upper(in.atom());
  if (!in.try_char(' ')) return args;
  const auto text = in.take_while([](char c) { return is_alnum(c) || c == '+' || c == '/' || c == '='; });
  if (text.empty()) in.fail("base64 is expected");
  args.initial_response = text == "=" ? "" : text;
  return args;
}

void AuthenticateArgs::print(std::string& out) const {
  out += mechanism;
  if (!initial_response) return;
  out += ' ';
  out += initial_response->empty() ? "=" : *initial_response;
}

RenameArgs RenameArgs::parse(Lexer& in) {
  RenameArgs args;
  args.from = MailboxName::parse(in);
  in.sp();
  args.to = MailboxName::parse(in);
  return args;
}

void RenameArgs::print(std::string& out, NameEncoding names) const {
  from.print(out, names);
  out += ' ';
  to.print(out, names);
}

StatusArgs StatusArgs::parse(Lexer& in) {
  StatusArgs args;
  args.mailbox = MailboxName::parse(in);
  in.sp();
  args.items = StatusItems::parse(in);
  return args;
}

void StatusArgs::print(std::string& out, NameEncoding names) const {
  mailbox.print(out, names);
  out += ' ';
  items.print(out);
}

AppendMessage AppendMessage::parse(Lexer& in) {
  AppendMessage message;
  if (in.peek() == '(') {
    message.flags = FlagList::parse(in);
    in.sp();
  }
  if (in.peek() == '"') {
    message.date = DateTime::parse(in);
    in.sp();
  }
  message.is_utf8 = is_alnum(in.peek());
  if (message.is_utf8) {
    if (!iequals(in.name(), "UTF8")) in.fail("a literal is expected");
    in.sp();
    in.require_char('(');
  }
  message.literal = in.literal_announcement();
  if (message.is_utf8 && !message.literal.binary) in.fail("UTF8 takes a literal8");
  return message;
}

void AppendMessage::print(std::string& out) const {
  if (!flags.empty()) {
    flags.print(out);
    out += ' ';
  }
  if (date) {
    date->print(out);
    out += ' ';
  }
  if (is_utf8) out += "UTF8 (";
  literal.print(out);
}

AppendArgs AppendArgs::parse(Lexer& in) {
  AppendArgs args;
  args.mailbox = MailboxName::parse(in);
  in.sp();
  args.message = AppendMessage::parse(in);
  return args;
}

void AppendArgs::print(std::string& out, NameEncoding names) const {
  mailbox.print(out, names);
  out += ' ';
  message.print(out);
}

CopyArgs CopyArgs::parse(Lexer& in) {
  CopyArgs args;
  args.messages = SequenceSet::parse(in);
  in.sp();
  args.mailbox = MailboxName::parse(in);
  return args;
}

void CopyArgs::print(std::string& out, NameEncoding names) const {
  messages.print(out);
  out += ' ';
  mailbox.print(out, names);
}

StoreFlags StoreFlags::parse(Lexer& in) {
  StoreFlags store;
  if (in.try_char('+')) {
    store.mode = Mode::add;
  } else if (in.try_char('-')) {
    store.mode = Mode::remove;
  }
  const auto name = in.name();
  store.is_silent = iequals(name, "FLAGS.SILENT");
  if (!store.is_silent && !iequals(name, "FLAGS")) in.fail("FLAGS or FLAGS.SILENT is expected");
  in.sp();
  store.flags = in.peek() == '(' ? FlagList::parse(in) : FlagList::parse_bare(in);
  return in.ok() ? store : StoreFlags{};
}

void StoreFlags::print(std::string& out) const {
  if (mode != Mode::replace) out += mode == Mode::add ? '+' : '-';
  out += is_silent ? "FLAGS.SILENT " : "FLAGS ";
  flags.print(out);
}

}  // namespace posthorn::imap
