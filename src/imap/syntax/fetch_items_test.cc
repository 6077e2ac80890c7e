#include "imap/syntax/fetch_items.h"

#include <doctest/doctest.h>

#include "imap/syntax/grammar_test.h"

using namespace posthorn;
using namespace posthorn::imap;

TEST_CASE("fetch_items: every item and macro") {
  check_grammar<FetchItems>({
      {"ALL", "(FLAGS INTERNALDATE RFC822.SIZE ENVELOPE)"},
      {"fast", "(FLAGS INTERNALDATE RFC822.SIZE)"},
      {"FULL", "(FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODY)"},
      {"FLAGS", "(FLAGS)"},
      {"BODY", "(BODY)"},
      {"BODY[]", "(BODY[])"},
      {"body.peek[text]<5.10>", "(BODY.PEEK[TEXT]<5.10>)"},
      {"(UID FLAGS)"},
      {"(UID uid UID)", "(UID)"},
      {"(BODY BODY[] BODY.PEEK[] BODYSTRUCTURE ENVELOPE FLAGS INTERNALDATE)"},
      {"(RFC822 RFC822.HEADER RFC822.SIZE RFC822.TEXT UID)"},
      {"(BODY.PEEK[HEADER.FIELDS (From To)] BODY[1.MIME]<0.1> FLAGS)"},
      {"(ALL)", "", "unknown fetch item \"ALL\""},
      {"()", "", "unknown fetch item \"\""},
      {"", "", "unknown fetch item \"\""},
      {"FOO", "", "unknown fetch item \"FOO\""},
      {"BODY.PEEK", "", "unknown fetch item \"BODY.PEEK\""},
      {"FLAGS[]", "", "unknown fetch item \"FLAGS\""},
      {"BODY[]<5>", "", "'.' is expected"},
      {"FLAGS UID", "", "unexpected text after the end: \" UID\""},
      {"(FLAGS", "", "')' is expected"},
      {"(FLAGS UID )", "", "unknown fetch item \"\""},
      {"(FLAGS (UID))", "", "unknown fetch item \"\""},
  });
}

TEST_CASE("fetch_items: how the response names them") {
  const auto told = [](std::string_view text) {
    std::string out;
    parse_whole<FetchItem>(text).value().print_name(out);
    return out;
  };
  CHECK(told("BODY.PEEK[HEADER.FIELDS (From)]<5.10>") == "BODY[HEADER.FIELDS (From)]<5>");
  CHECK(told("BODY[]") == "BODY[]");
  CHECK(told("BODY") == "BODY");
  CHECK(told("rfc822.text") == "RFC822.TEXT");
}

TEST_CASE("fetch_items: so many and no more") {
  std::string many = "(BODY[1]";
  for (int i = 2; i <= 256; ++i) many += " BODY[" + std::to_string(i) + "]";
  CHECK(parse_whole<FetchItems>(many + ")").has_value());
  CHECK(parse_whole<FetchItems>(many + " FLAGS)").error().text == "too many fetch items");
}
