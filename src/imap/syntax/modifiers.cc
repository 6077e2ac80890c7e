#include "imap/syntax/modifiers.h"

#include "imap/syntax/printer.h"

namespace posthorn::imap {

static void fail_unknown(Lexer& in, std::string_view name) {
  in.fail("unknown modifier \"" + printable(name, 40) + "\"");
}

static ModSeq modseq_behind_space(Lexer& in) {
  in.sp();
  return ModSeq(in.number64());
}

FetchModifiers FetchModifiers::parse(Lexer& in) {
  FetchModifiers modifiers;
  in.list([&] {
    const auto name = in.name();
    if (iequals(name, "CHANGEDSINCE")) {
      modifiers.changed_since = modseq_behind_space(in);
    } else if (iequals(name, "VANISHED")) {
      modifiers.vanished = true;
    } else {
      fail_unknown(in, name);
    }
  });
  if (modifiers.vanished && !modifiers.changed_since) in.fail("VANISHED goes with CHANGEDSINCE");
  return in.ok() ? modifiers : FetchModifiers{};
}

void FetchModifiers::print(std::string& out) const {
  out += "(CHANGEDSINCE ";
  print_number(out, changed_since.value_or(ModSeq()).value());
  out += vanished ? " VANISHED)" : ")";
}

StoreModifiers StoreModifiers::parse(Lexer& in) {
  StoreModifiers modifiers;
  in.list([&] {
    const auto name = in.name();
    if (!iequals(name, "UNCHANGEDSINCE")) return fail_unknown(in, name);
    modifiers.unchanged_since = modseq_behind_space(in);
  });
  return in.ok() ? modifiers : StoreModifiers{};
}

void StoreModifiers::print(std::string& out) const {
  out += "(UNCHANGEDSINCE ";
  print_number(out, unchanged_since.value_or(ModSeq()).value());
  out += ')';
}

}  // namespace posthorn::imap
