// The reading half of responses.h.
#include <algorithm>

#include "imap/syntax/printer.h"
#include "imap/syntax/responses.h"

namespace posthorn::imap {

static std::string rest_of_line(Lexer& in) {
  const auto text = in.take_while([](char c) { return c != '\r' && c != '\n' && c != '\0'; });
  in.require_end();
  std::string clean(text.substr(0, StatusResponse::kMaxText));
  std::replace_if(clean.begin(), clean.end(), [](char c) { return is_ctl(c) || is_8bit(c); }, '?');
  return clean;
}

ResponseCode ResponseCode::parse(Lexer& in) {
  in.require_char('[');
  ResponseCode code{to_upper(in.atom())};
  if (in.try_char(' ')) {
    code.argument = in.take_while([](char c) { return c != ']' && !is_ctl(c) && !is_8bit(c); });
    if (code.argument.empty()) in.fail("an empty argument of a response code");
  }
  in.require_char(']');
  return code;
}

static Response status_response(Lexer& in, std::string tag, Condition condition) {
  StatusResponse status{.tag = std::move(tag), .condition = condition};
  in.sp();
  if (in.peek() == '[') {
    status.code = ResponseCode::parse(in);
    if (!in.at_end()) in.sp();
  }
  status.text = rest_of_line(in);
  return status;
}

static std::optional<Condition> condition_named(std::string_view name) {
  for (const auto c : {Condition::ok, Condition::no, Condition::bad, Condition::bye, Condition::preauth})
    if (iequals(name, name_of(c))) return c;
  return std::nullopt;
}

static Response capability_data(Lexer& in) {
  CapabilityData data;
  while (in.try_char(' ')) data.capabilities.emplace_back(in.atom());
  return data;
}

/// Any value: an atom, a string, or parentheses around values. Without recursion, as a message's structure may nest.
static std::string raw_value(Lexer& in) {
  static constexpr int kMaxDepth = 500;
  const auto whole = in.rest();
  int depth = 0;
  do {
    if (in.try_char('(')) {
      if (++depth > kMaxDepth) in.fail("the value nests too deeply");
    } else if (depth > 0 && in.try_char(')')) {
      --depth;
    } else if (in.peek() == '"' || in.peek() == '{' || (in.peek() == '~' && in.peek(1) == '{')) {
      in.string();
    } else if (depth == 0 || !in.try_char(' ')) {
      if (in.take_while([](char c) { return is_astring_char(c) || c == '\\' || c == '*'; }).empty())
        in.fail("a value is expected");
    }
  } while (in.ok() && depth > 0);
  return in.ok() ? std::string(whole.substr(0, whole.size() - in.rest().size())) : std::string();
}

static std::string told_name(Lexer& in) {
  auto name = name_text_from_wire(in.astring(), in.name_encoding());
  if (name) return *std::move(name);
  in.fail(name.error().text);
  return {};
}

/// mbox-list-extended-item; those that nobody knows are passed over.
static void extended_item(Lexer& in, ListData& data) {
  const auto tag = in.astring();
  in.sp();
  if (iequals(tag, "CHILDINFO")) {
    in.list([&] { data.child_info.push_back(in.astring()); });
  } else if (iequals(tag, "OLDNAME")) {
    in.open();
    data.old_name = told_name(in);
    in.close();
  } else {
    raw_value(in);
  }
}

static Response list_data(Lexer& in, bool is_lsub) {
  ListData data{.is_lsub = is_lsub};
  in.sp();
  in.list_or_empty([&] {
    in.require_char('\\');
    data.attributes.push_back("\\" + std::string(in.atom()));
  });
  in.sp();
  const auto separator = in.nstring();
  if (in.ok() && separator && separator->size() != 1) in.fail("a separator is one character");
  data.separator = separator && in.ok() ? std::optional(separator->front()) : std::nullopt;
  in.sp();
  data.name = told_name(in);
  if (in.try_char(' ')) in.list([&] { extended_item(in, data); });
  return data;
}

static Response status_data(Lexer& in) {
  StatusData data;
  in.sp();
  data.mailbox = MailboxName::parse(in);
  in.sp();
  in.list_or_empty([&] {
    const auto att = parse_status_att(in);
    in.sp();
    data.values.emplace_back(att, in.number64());
  });
  return data;
}

static Response flags_data(Lexer& in) {
  in.sp();
  return FlagsData{FlagList::parse_told(in)};
}

static Response search_data(Lexer& in) {
  SearchData data;
  while (in.try_char(' ')) data.numbers.push_back(in.nz_number());
  return data;
}

static Response esearch_data(Lexer& in) {
  EsearchData data;
  if (in.try_text(" (TAG ")) {
    data.tag = in.string();
    in.require_char(')');
  }
  data.is_uid = in.try_text(" UID");
  while (in.ok() && in.try_char(' ')) {
    const auto name = in.name();
    in.sp();
    if (iequals(name, "MIN")) {
      data.min = in.nz_number();
    } else if (iequals(name, "MAX")) {
      data.max = in.nz_number();
    } else if (iequals(name, "COUNT")) {
      data.count = in.number();
    } else if (iequals(name, "MODSEQ")) {
      data.modseq = ModSeq(in.number64());
    } else if (iequals(name, "ALL")) {
      data.all = UidSet::parse(in);
    } else {
      raw_value(in);
    }
  }
  return data;
}

static Response vanished_data(Lexer& in) {
  VanishedData data;
  data.is_earlier = in.try_text(" (EARLIER)");
  in.sp();
  data.uids = UidSet::parse(in);
  return data;
}

static FetchValue fetch_value(Lexer& in) {
  FetchValue value;
  value.name = to_upper(in.name());
  if (value.name.empty()) in.fail("the name of a fetch item is expected");
  if (in.peek() == '[') value.section = SectionSpec::parse(in);
  if (in.try_char('<')) {
    value.origin = in.number64();
    in.require_char('>');
  }
  in.sp();
  value.value = raw_value(in);
  return value;
}

static Response numbered_data(Lexer& in) {
  const auto number = in.number();
  in.sp();
  const auto name = in.name();
  if (iequals(name, "EXISTS")) return CountData{CountData::Kind::exists, number};
  if (iequals(name, "RECENT")) return CountData{CountData::Kind::recent, number};
  if (number == 0) in.fail("message numbers start at 1");
  if (iequals(name, "EXPUNGE")) return CountData{CountData::Kind::expunge, number};
  FetchData data{Msn(number), {}};
  if (!iequals(name, "FETCH")) in.fail("unknown message data");
  in.sp();
  in.list_or_empty([&] { data.values.push_back(fetch_value(in)); });
  return data;
}

struct DataResponse {
  std::string_view name;
  Response (*parse)(Lexer&);
};

static constexpr DataResponse kDataResponses[] = {
    {"CAPABILITY", capability_data},
    {"ESEARCH", esearch_data},
    {"FLAGS", flags_data},
    {"LIST", [](Lexer& in) { return list_data(in, false); }},
    {"LSUB", [](Lexer& in) { return list_data(in, true); }},
    {"SEARCH", search_data},
    {"STATUS", status_data},
    {"VANISHED", vanished_data},
};

static Response untagged(Lexer& in) {
  if (is_digit(in.peek())) return numbered_data(in);
  const auto whole = in.rest();
  const auto name = in.name();
  if (const auto condition = condition_named(name)) return status_response(in, "*", *condition);
  for (const auto& row : kDataResponses)
    if (iequals(row.name, name)) return row.parse(in);
  in.take(in.rest().size());
  return OtherData{std::string(whole)};
}

Result<Response> parse_response(std::string_view response, NameEncoding names) {
  Lexer in(response, names);
  Response parsed;
  if (in.try_text("* ")) {
    parsed = untagged(in);
  } else if (in.try_text("+ ")) {
    parsed = ContinueRequest{rest_of_line(in)};
  } else {
    std::string tag(in.tag());
    in.sp();
    const auto condition = condition_named(in.name());
    if (!condition || *condition == Condition::bye || *condition == Condition::preauth)
      in.fail("OK, NO or BAD is expected");
    parsed = status_response(in, std::move(tag), condition.value_or(Condition::bad));
  }
  in.require_end();
  return in.result(std::move(parsed));
}

}  // namespace posthorn::imap
