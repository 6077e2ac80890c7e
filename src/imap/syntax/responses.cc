#include "imap/syntax/responses.h"

#include <algorithm>
#include <array>

#include "imap/syntax/printer.h"

namespace posthorn::imap {

static constexpr std::array<std::string_view, 5> kConditions = {"OK", "NO", "BAD", "BYE", "PREAUTH"};
static constexpr std::array<std::string_view, 3> kCounts = {"EXISTS", "RECENT", "EXPUNGE"};
static constexpr std::string_view kEnd = "\r\n";

std::string_view name_of(Condition condition) { return kConditions[static_cast<std::size_t>(condition)]; }

static void print_text(std::string& out, std::string_view text) { out += text; }

/// `text` on one line: controls and bytes >= 0x80 would let a peer's words forge a line or break its reader.
static void print_line_text(std::string& out, std::string_view text) {
  for (const char c : text) out += is_ctl(c) || is_8bit(c) ? '?' : c;
}

ResponseCode ResponseCode::of_number(std::string_view name, std::uint64_t n) {
  return {std::string(name), std::to_string(n)};
}

ResponseCode ResponseCode::of_capabilities(const std::vector<std::string>& capabilities) {
  ResponseCode code{"CAPABILITY"};
  for (const auto& capability : capabilities) {
    if (!code.argument.empty()) code.argument += ' ';
    code.argument += capability;
  }
  return code;
}

ResponseCode ResponseCode::of_bad_charset(const std::vector<std::string>& charsets) {
  ResponseCode code{"BADCHARSET"};
  if (!charsets.empty()) print_list(code.argument, charsets, print_astring);
  return code;
}

ResponseCode ResponseCode::of_permanent_flags(const FlagList& flags) {
  ResponseCode code{"PERMANENTFLAGS"};
  flags.print(code.argument);
  return code;
}

ResponseCode ResponseCode::of_append_uid(UidValidity validity, const UidSet& uids) {
  auto code = of_number("APPENDUID", validity.value());
  code.argument += ' ';
  uids.print(code.argument);
  return code;
}

ResponseCode ResponseCode::of_copy_uid(UidValidity validity, const UidSet& from, const UidSet& to) {
  auto code = of_number("COPYUID", validity.value());
  code.argument += ' ';
  from.print(code.argument);
  code.argument += ' ';
  to.print(code.argument);
  return code;
}

void ResponseCode::print(std::string& out) const {
  out.append("[").append(name);
  if (!argument.empty()) out += ' ';
  for (const char c : argument) out += is_ctl(c) || is_8bit(c) || c == ']' ? '?' : c;
  out += ']';
}

void StatusResponse::print(std::string& out) const {
  out.append(tag).append(" ").append(name_of(condition)).append(" ");
  if (code) {
    code->print(out);
    out += ' ';
  }
  const auto start = out.size();
  print_line_text(out, std::string_view(text).substr(0, kMaxText));
  // Without a code, text in brackets would be taken for one.
  if (!code && out.size() > start && out[start] == '[') out[start] = '(';
  out += kEnd;
}

void ContinueRequest::print(std::string& out) const {
  out += "+ ";
  print_line_text(out, text);
  out += kEnd;
}

void CapabilityData::print(std::string& out) const {
  out += "* CAPABILITY";
  for (const auto& capability : capabilities) out.append(" ").append(capability);
  out += kEnd;
}

void ListData::print(std::string& out, NameEncoding names) const {
  out += is_lsub ? "* LSUB " : "* LIST ";
  print_list(out, attributes, print_text);
  out += ' ';
  if (separator) {
    print_quoted(out, std::string_view(&*separator, 1));
  } else {
    out += "NIL";
  }
  out += ' ';
  print_name_text(out, name, names);
  if (!child_info.empty() || old_name) {
    out += " (";
    if (!child_info.empty()) {
      out += "\"CHILDINFO\" ";
      print_list(out, child_info, print_string);
    }
    if (old_name) {
      out += child_info.empty() ? "\"OLDNAME\" (" : " \"OLDNAME\" (";
      print_name_text(out, *old_name, names);
      out += ')';
    }
    out += ')';
  }
  out += kEnd;
}

void StatusData::print(std::string& out, NameEncoding names) const {
  out += "* STATUS ";
  mailbox.print(out, names);
  out += ' ';
  print_list(out, values, [](std::string& to, const auto& value) {
    to.append(name_of(value.first)).append(" ");
    print_number(to, value.second);
  });
  out += kEnd;
}

void FlagsData::print(std::string& out) const {
  out += "* FLAGS ";
  flags.print(out);
  out += kEnd;
}

void SearchData::print(std::string& out) const {
  out += "* SEARCH";
  for (const auto number : numbers) {
    out += ' ';
    print_number(out, number);
  }
  out += kEnd;
}

void EsearchData::print(std::string& out) const {
  const auto print_value = [&](std::string_view name, std::uint64_t value) {
    out.append(" ").append(name).append(" ");
    print_number(out, value);
  };
  out += "* ESEARCH";
  if (tag) {
    out += " (TAG ";
    print_string(out, *tag);
    out += ')';
  }
  if (is_uid) out += " UID";
  if (min) print_value("MIN", *min);
  if (max) print_value("MAX", *max);
  if (count) print_value("COUNT", *count);
  if (modseq) print_value("MODSEQ", modseq->value());
  if (all) {
    out += " ALL ";
    all->print(out);
  }
  out += kEnd;
}

void VanishedData::print(std::string& out) const {
  if (uids.empty()) return;
  out += is_earlier ? "* VANISHED (EARLIER) " : "* VANISHED ";
  uids.print(out);
  out += kEnd;
}

void CountData::print(std::string& out) const {
  out += "* ";
  print_number(out, number);
  out.append(" ").append(kCounts[static_cast<std::size_t>(kind)]).append(kEnd);
}

void FetchValue::print(std::string& out) const {
  out += name;
  if (section) section->print(out);
  if (origin) {
    out += '<';
    print_number(out, *origin);
    out += '>';
  }
  out.append(" ").append(value);
}

void FetchData::print(std::string& out) const {
  out += "* ";
  print_number(out, message.value());
  out += " FETCH ";
  print_list(out, values, [](std::string& to, const FetchValue& value) { value.print(to); });
  out += kEnd;
}

void OtherData::print(std::string& out) const { out.append("* ").append(text).append(kEnd); }

void print(std::string& out, const Response& response, NameEncoding names) {
  std::visit(
      [&](const auto& kind) {
        if constexpr (requires { kind.print(out, names); }) {
          kind.print(out, names);
        } else {
          kind.print(out);
        }
      },
      response);
}

}  // namespace posthorn::imap
