#include "imap/syntax/client_id.h"

#include "imap/syntax/printer.h"

namespace posthorn::imap {

ClientId ClientId::parse(Lexer& in) {
  ClientId id;
  if (in.try_text("NIL")) return id;
  in.list_or_empty([&] {
    auto field = in.string();
    in.sp();
    id.fields.emplace_back(std::move(field), in.nstring());
    if (id.fields.size() > kMaxFields) in.fail("too many fields");
  });
  return in.ok() ? id : ClientId{};
}

void ClientId::print(std::string& out) const {
  if (fields.empty()) {
    out += "NIL";
    return;
  }
  print_list(out, fields, [](std::string& to, const auto& field) {
    print_string(to, field.first);
    to += ' ';
    print_nstring(to, field.second);
  });
}

}  // namespace posthorn::imap
