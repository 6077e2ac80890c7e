#include "imap/syntax/list_args.h"

#include <algorithm>

#include "codec/utf7.h"
#include "imap/syntax/mailbox_name.h"
#include "imap/syntax/printer.h"

namespace posthorn::imap {

/// Text of a name of which only the encoding and the length are checked.
static std::string name_text(Lexer& in, const std::string& wire) {
  if (!in.ok()) return {};
  auto text = name_text_from_wire(wire, in.name_encoding());
  if (!text) {
    in.refuse(text.error().text);
  } else if (text->size() > MailboxName::kMaxBytes) {
    in.refuse("the mailbox name is too long");
  }
  return in.ok() ? *std::move(text) : std::string();
}

LsubArgs LsubArgs::parse(Lexer& in) {
  LsubArgs args;
  args.reference = name_text(in, in.astring());
  in.sp();
  args.pattern = name_text(in, in.list_mailbox());
  return args;
}

static void print_pattern(std::string& out, const std::string& pattern, NameEncoding names) {
  const auto is_list_char = [](char c) { return is_astring_char(c) || c == '%' || c == '*'; };
  const auto wire = names == NameEncoding::utf8 ? pattern : codec::utf7_encode(pattern);
  const bool is_bare = !wire.empty() && std::all_of(wire.begin(), wire.end(), is_list_char);
  if (!is_bare) return print_name_text(out, pattern, names);
  out += wire;
}

void LsubArgs::print(std::string& out, NameEncoding names) const {
  print_name_text(out, reference, names);
  out += ' ';
  print_pattern(out, pattern, names);
}

/// The words of a set of options, each a member of T.
template <class T>
struct OptionName {
  std::string_view name;
  bool T::* option;
};

static constexpr OptionName<ListSelection> kSelections[] = {
    {"SUBSCRIBED", &ListSelection::subscribed},
    {"REMOTE", &ListSelection::remote},
    {"RECURSIVEMATCH", &ListSelection::recursive_match},
    {"SPECIAL-USE", &ListSelection::special_use},
};
static constexpr OptionName<ListReturn> kReturns[] = {
    {"SUBSCRIBED", &ListReturn::subscribed},
    {"CHILDREN", &ListReturn::children},
    {"SPECIAL-USE", &ListReturn::special_use},
};

template <class T, std::size_t N>
static void set_option(Lexer& in, std::string_view name, T& options, const OptionName<T> (&known)[N]) {
  const auto row =
      std::find_if(std::begin(known), std::end(known), [&](const auto& each) { return iequals(each.name, name); });
  if (row == std::end(known)) return in.fail("unknown option \"" + printable(name, 40) + "\"");
  options.*row->option = true;
}

template <class T, std::size_t N>
static void print_options(std::string& out, const T& options, const OptionName<T> (&known)[N]) {
  for (const auto& row : known) {
    if (!(options.*row.option)) continue;
    if (out.back() != '(') out += ' ';
    out += row.name;
  }
}

ListSelection ListSelection::parse(Lexer& in) {
  ListSelection selection;
  in.list_or_empty([&] { set_option(in, in.name(), selection, kSelections); });
  // RFC 5258 3.1: it only modifies another option, and REMOTE is none that chooses.
  if (selection.recursive_match && !selection.subscribed && !selection.special_use)
    in.fail("RECURSIVEMATCH goes with another option");
  return in.ok() ? selection : ListSelection{};
}

void ListSelection::print(std::string& out) const {
  out += '(';
  print_options(out, *this, kSelections);
  out += ')';
}

ListReturn ListReturn::parse(Lexer& in) {
  ListReturn returns;
  in.list_or_empty([&] {
    const auto name = in.name();
    if (!iequals(name, "STATUS")) return set_option(in, name, returns, kReturns);
    in.sp();
    returns.status = StatusItems::parse(in);
  });
  return in.ok() ? returns : ListReturn{};
}

void ListReturn::print(std::string& out) const {
  out += '(';
  print_options(out, *this, kReturns);
  if (status) {
    out += out.back() == '(' ? "STATUS " : " STATUS ";
    status->print(out);
  }
  out += ')';
}

ListArgs ListArgs::parse(Lexer& in) {
  ListArgs args;
  if (in.peek() == '(') {
    args.selection = ListSelection::parse(in);
    in.sp();
  }
  args.reference = name_text(in, in.astring());
  in.sp();
  const auto pattern = [&] {
    args.patterns.push_back(name_text(in, in.list_mailbox()));
    if (args.patterns.size() > kMaxPatterns) in.fail("too many patterns");
  };
  args.is_pattern_list = in.peek() == '(';
  if (args.is_pattern_list) {
    in.list(pattern);
  } else {
    pattern();
  }
  if (in.try_char(' ')) {
    if (!iequals(in.name(), "RETURN")) in.fail("RETURN is expected");
    in.sp();
    args.returns = ListReturn::parse(in);
  }
  return in.ok() ? args : ListArgs{};
}

void ListArgs::print(std::string& out, NameEncoding names) const {
  if (selection) {
    selection->print(out);
    out += ' ';
  }
  print_name_text(out, reference, names);
  out += ' ';
  if (is_pattern_list) {
    print_list(out, patterns, [&](std::string& to, const std::string& pattern) { print_pattern(to, pattern, names); });
  } else if (!patterns.empty()) {
    print_pattern(out, patterns.front(), names);
  }
  if (!returns) return;
  out += " RETURN ";
  returns->print(out);
}

}  // namespace posthorn::imap
