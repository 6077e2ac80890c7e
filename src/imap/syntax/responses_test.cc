#include "imap/syntax/responses.h"

#include <doctest/doctest.h>

#include "imap/syntax/fetch_items.h"
#include "imap/syntax/grammar_test.h"

using namespace posthorn;
using namespace posthorn::imap;

static void check_responses(std::initializer_list<GrammarRow> rows, NameEncoding names = NameEncoding::modified_utf7) {
  const auto parse = [&](std::string_view text) { return parse_response(text, names); };
  for (const auto& row : rows) {
    CAPTURE(row.input);
    const auto response = parse(row.input);
    CHECK((response ? std::string() : response.error().text) == row.error);
    cut_short(row.input, parse);
    if (!response) continue;
    std::string out;
    print(out, *response, names);
    REQUIRE(out.ends_with("\r\n"));
    out.resize(out.size() - 2);
    CHECK(out == (row.printed.empty() ? row.input : row.printed));
    CHECK(parse(out) == response);
  }
}

TEST_CASE("responses: status") {
  check_responses({
      {"* OK hello"},
      {"* ok [alert] hello", "* OK [ALERT] hello"},
      {"a1 NO [TRYCREATE] no such mailbox"},
      {"a1 BAD what?"},
      {"* BYE bye"},
      {"* PREAUTH welcome"},
      {"* OK [UIDVALIDITY 3857529045] UIDs valid"},
      {"* OK [PERMANENTFLAGS (\\Deleted \\*)] limited"},
      {"* OK [X] [y]"},
      {"* OK [X]", "* OK [X] "},
      {"* OK "},
      {"* OK gr\xc3\xbc\xc3\x9f", "* OK gr????"},
      {"* OK []", "", "an atom is expected"},
      {"* OK [X ]", "", "an empty argument of a response code"},
      {"* OK [X y", "", "']' is expected"},
      {"* OK", "", "a space is expected"},
      {"a BYE x", "", "OK, NO or BAD is expected"},
      {"a FOO", "", "OK, NO or BAD is expected"},
      {"* OK a\r\nb", "", "unexpected text after the end: \"\\x0d\\x0ab\""},
      {"", "", "a tag is expected"},
      {"+ go ahead"},
      {"+ "},
      {"+", "", "a tag is expected"},
  });
}

TEST_CASE("responses: data") {
  check_responses({
      {"* CAPABILITY IMAP4rev1 LITERAL+ AUTH=PLAIN"},
      {"* LIST (\\Noselect \\HasChildren) \"/\" a/b"},
      {"* lsub () nil \"a b\"", "* LSUB () NIL \"a b\""},
      {"* LIST () \"\\\\\" Entw&APw-rfe"},
      {"* LIST (\\Noselect) \"/\" \"\""},
      {"* LIST () \"ab\" x", "", "a separator is one character"},
      {"* LIST (a) \"/\" x", "", "'\\' is expected"},
      {"* LIST () \"/\" &x", "", "the mailbox name is not modified UTF-7: a shift is not closed by '-'"},
      {"* STATUS a (MESSAGES 231 UIDNEXT 44292)"},
      {"* STATUS a ()"},
      {"* STATUS a (MESSAGES)", "", "a space is expected"},
      {"* FLAGS (\\Answered \\Recent a)"},
      {"* SEARCH"},
      {"* SEARCH 2 84 882"},
      {"* LIST (\\NonExistent) \"/\" Foo (\"CHILDINFO\" (\"SUBSCRIBED\"))"},
      {"* LIST () \"/\" new (\"OLDNAME\" (old))"},
      {"* LIST () \"/\" new (\"CHILDINFO\" (\"SUBSCRIBED\") OLDNAME (old))",
       "* LIST () \"/\" new (\"CHILDINFO\" (\"SUBSCRIBED\") \"OLDNAME\" (old))"},
      {"* LIST () \"/\" a (TABLECLOTH ((\"edge\" \"lacy\") X))", "* LIST () \"/\" a"},
      {"* ESEARCH (TAG \"A282\") MIN 2 COUNT 3"},
      {"* ESEARCH (TAG \"A286\") UID MIN 7 MAX 3800 COUNT 4 MODSEQ 917162500 ALL 7,3800"},
      {"* ESEARCH ALL 2,10:11 COUNT 3", "* ESEARCH COUNT 3 ALL 2,10:11"},
      {"* ESEARCH"},
      {"* ESEARCH ALL", "", "a space is expected"},
      {"* VANISHED (EARLIER) 41,43:116,118"},
      {"* VANISHED 405"},
      {"* VANISHED", "", "a space is expected"},
      {"* STATUS a (SIZE 44421 DELETED 3 HIGHESTMODSEQ 7011231777)"},
      {"* SEARCH 0", "", "a number above zero is expected"},
      {"* SEARCH 2 ", "", "a number is expected"},
      {"* 0 EXISTS"},
      {"* 23 exists", "* 23 EXISTS"},
      {"* 5 RECENT"},
      {"* 44 EXPUNGE"},
      {"* 0 EXPUNGE", "", "message numbers start at 1"},
      {"* 3 FOO", "", "unknown message data"},
      {"* NAMESPACE ((\"\" \"/\")) NIL NIL"},
  });
  check_responses({{"* LIST () \"/\" \"Entw\xc3\xbcrfe\""}}, NameEncoding::utf8);
}

TEST_CASE("responses: FETCH") {
  check_responses({
      {"* 12 FETCH (FLAGS (\\Seen) UID 4827313)"},
      {"* 12 FETCH (BODY[HEADER.FIELDS (From)]<0> {4}\r\n(\r\n()"},
      {"* 12 fetch (body[] nil)", "* 12 FETCH (BODY[] nil)"},
      {"* 1 FETCH (ENVELOPE (\"d\" NIL ((NIL NIL \"a\" \"b\")) {1}\r\n)) RFC822.SIZE 4)"},
      {"* 1 FETCH ()"},
      {"* 0 FETCH ()", "", "message numbers start at 1"},
      {"* 1 FETCH (UID)", "", "a space is expected"},
      {"* 1 FETCH (UID ))", "", "a value is expected"},
      {"* 1 FETCH (UID (1)", "", "')' is expected"},
      {"* 1 FETCH (BODY \"a)", "", "the quoted string does not end"},
      {"* 1 FETCH (5 5)"},
      {"* 1 FETCH (( 5)", "", "the name of a fetch item is expected"},
  });
  const auto bomb = "* 1 FETCH (BODY " + std::string(100000, '(');
  CHECK(parse_response(bomb, NameEncoding::utf8).error().text == "the value nests too deeply");
}

TEST_CASE("responses: what the server prints for an item, the client finds") {
  std::string out = "* 1 FETCH (";
  const auto item = parse_whole<FetchItem>("BODY.PEEK[1.HEADER.FIELDS (a \"b(\")]<7.9>").value();
  item.print_name(out);
  out += " {2}\r\n\r\n)";
  const auto fetch = std::get<FetchData>(parse_response(out, NameEncoding::utf8).value());
  REQUIRE(fetch.values.size() == 1);
  CHECK(fetch.values[0].name == "BODY");
  CHECK(fetch.values[0].section == item.section);
  CHECK(fetch.values[0].origin == 7);
  CHECK(Lexer(fetch.values[0].value).nstring() == "\r\n");
}

static std::string line(const StatusResponse& status) {
  std::string out;
  status.print(out);
  return out;
}

TEST_CASE("responses: codes") {
  UidSet from, to;
  from.add(Uid(304));
  from.add(Uid(319), Uid(320));
  to.add(Uid(3956), Uid(3958));
  FlagList flags;
  flags.add(SystemFlag::any);
  const auto code = [](ResponseCode c) { return line({.code = std::move(c), .text = "x"}); };
  CHECK(code({"READ-ONLY"}) == "* OK [READ-ONLY] x\r\n");
  CHECK(code(ResponseCode::of_number("UIDNEXT", 4392)) == "* OK [UIDNEXT 4392] x\r\n");
  CHECK(code(ResponseCode::of_capabilities({"IMAP4rev1", "IDLE"})) == "* OK [CAPABILITY IMAP4rev1 IDLE] x\r\n");
  CHECK(code(ResponseCode::of_bad_charset({})) == "* OK [BADCHARSET] x\r\n");
  CHECK(code(ResponseCode::of_bad_charset({"UTF-8", "US-ASCII"})) == "* OK [BADCHARSET (UTF-8 US-ASCII)] x\r\n");
  CHECK(code(ResponseCode::of_permanent_flags(flags)) == "* OK [PERMANENTFLAGS (\\*)] x\r\n");
  CHECK(code(ResponseCode::of_append_uid(UidValidity(38), to)) == "* OK [APPENDUID 38 3956:3958] x\r\n");
  CHECK(code(ResponseCode::of_copy_uid(UidValidity(38), from, to)) == "* OK [COPYUID 38 304,319:320 3956:3958] x\r\n");
}

TEST_CASE("responses: no text can forge a line or a code") {
  CHECK(line({.tag = "a", .condition = Condition::no, .text = "x\r\n* BYE"}) == "a NO x??* BYE\r\n");
  CHECK(line({.text = "[ALERT] pay now"}) == "* OK (ALERT] pay now\r\n");
  CHECK(line({.code = ResponseCode{"X", "a]\r\nb"}, .text = "y"}) == "* OK [X a???b] y\r\n");
  CHECK(line({.text = std::string(5000, 'x')}).size() == 1000 + 7);
}
