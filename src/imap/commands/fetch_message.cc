#include "imap/commands/fetch_message.h"

#include "imap/server/updates.h"
#include "imap/syntax/date_time.h"
#include "imap/syntax/printer.h"

namespace posthorn::imap {

void print_head(std::string& out, Msn msn) {
  out += "* ";
  print_number(out, msn.value());
  out += " FETCH (";
}

void print_item(std::string& out, const FetchItem& item, const FetchedMessage& message,
                const mailstore::KeywordTable& keywords, const mailstore::Email* email) {
  if (item.att == FetchAtt::modseq) return print_modseq(out, message.row.modseq);
  item.print_name(out);
  out += ' ';
  switch (item.att) {
    case FetchAtt::uid: return print_number(out, message.row.uid.value());
    case FetchAtt::flags: return print_flags(out, message.row.flags, keywords, message.is_recent);
    case FetchAtt::rfc822_size: return print_number(out, message.row.size);
    case FetchAtt::internal_date: return DateTime{message.row.received}.print(out);
    case FetchAtt::envelope: out += email->summary.envelope; return;
    case FetchAtt::body: out += email->summary.body; return;
    case FetchAtt::body_structure: out += email->summary.bodystructure; return;
    default: return;
  }
}

}  // namespace posthorn::imap
