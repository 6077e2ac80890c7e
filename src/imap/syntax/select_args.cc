#include "imap/syntax/select_args.h"

#include "imap/syntax/printer.h"

namespace posthorn::imap {

Remembered Remembered::parse(Lexer& in) {
  Remembered remembered;
  in.open();
  remembered.uid_validity = UidValidity(in.nz_number());
  in.sp();
  remembered.modseq = ModSeq(in.nz_number64());
  bool more = in.try_char(' ');
  if (more && in.peek() != '(') {
    remembered.known_uids = UidSet::parse(in);
    more = in.try_char(' ');
  }
  if (more) {
    in.open();
    remembered.match_numbers = MsnSet::parse(in);
    in.sp();
    remembered.match_uids = UidSet::parse(in);
    in.close();
  }
  in.close();
  return in.ok() ? remembered : Remembered{};
}

void Remembered::print(std::string& out) const {
  out += '(';
  print_number(out, uid_validity.value());
  out += ' ';
  print_number(out, modseq.value());
  if (known_uids) {
    out += ' ';
    known_uids->print(out);
  }
  if (!match_numbers.empty()) {
    out += " (";
    match_numbers.print(out);
    out += ' ';
    match_uids.print(out);
    out += ')';
  }
  out += ')';
}

SelectArgs SelectArgs::parse(Lexer& in) {
  SelectArgs args;
  args.mailbox = MailboxName::parse(in);
  if (!in.try_char(' ')) return args;
  in.list([&] {
    const auto name = in.name();
    if (iequals(name, "CONDSTORE")) {
      args.condstore = true;
    } else if (iequals(name, "QRESYNC")) {
      in.sp();
      args.qresync = Remembered::parse(in);
    } else {
      in.fail("unknown parameter \"" + printable(name, 40) + "\"");
    }
  });
  return in.ok() ? args : SelectArgs{};
}

void SelectArgs::print(std::string& out, NameEncoding names) const {
  mailbox.print(out, names);
  if (!condstore && !qresync) return;
  out += condstore ? " (CONDSTORE" : " (";
  if (qresync) {
    out += condstore ? " QRESYNC " : "QRESYNC ";
    qresync->print(out);
  }
  out += ')';
}

}  // namespace posthorn::imap
