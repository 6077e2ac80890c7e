#include "imap/syntax/flags.h"

#include <doctest/doctest.h>

#include "imap/syntax/grammar_test.h"

using namespace posthorn;
using namespace posthorn::imap;

TEST_CASE("flags: a list that can be set") {
  check_grammar<FlagList>({
      {"()"},
      {"(\\Seen)"},
      {"(\\draft \\SEEN \\deleted \\flagged \\Answered)", "(\\Answered \\Flagged \\Deleted \\Seen \\Draft)"},
      {"($Forwarded NonJunk \\Seen)", "(\\Seen $Forwarded NonJunk)"},
      {"(a A \\Seen \\SEEN a)", "(\\Seen a)"},
      {"(\\Recent)", "", "\\Recent cannot be set"},
      {"(\\*)", "", "\\* cannot be set"},
      {"(\\Foo)", "", "unknown system flag \\Foo"},
      {"( \\Seen)", "", "an atom is expected"},
      {"(\\Seen )", "", "an atom is expected"},
      {"(\\)", "", "an atom is expected"},
      {"(\"a\")", "", "an atom is expected"},
      {"(\\Seen", "", "')' is expected"},
      {"\\Seen", "", "'(' is expected"},
  });
}

TEST_CASE("flags: as a server tells them") {
  for (const std::string_view text : {"(\\Recent)", "(\\Seen \\* a)", "(\\Foo)", "()"}) {
    Lexer in(text);
    const auto flags = FlagList::parse_told(in);
    CHECK(in.ok());
    std::string out;
    flags.print(out);
    CHECK(out == text);
  }
}

TEST_CASE("flags: without parentheses") {
  Lexer in("\\Seen a b");
  const auto flags = FlagList::parse_bare(in);
  CHECK(in.ok());
  CHECK(flags.has(SystemFlag::seen));
  CHECK(flags.has_keyword("A"));
  CHECK(flags.keywords().size() == 2);
  Lexer empty("");
  FlagList::parse_bare(empty);
  CHECK(empty.error() == "an atom is expected");
}

TEST_CASE("flags: bounds are refusals") {
  const auto list_of = [](int n) {
    std::string text = "(k0";
    for (int i = 1; i < n; ++i) text += " k" + std::to_string(i);
    return text + ")";
  };
  CHECK(parse_whole<FlagList>("(" + std::string(255, 'k') + ")").has_value());
  CHECK(parse_whole<FlagList>("(" + std::string(256, 'k') + ")").error() ==
        Error{Code::invalid, "the keyword is too long"});
  CHECK(parse_whole<FlagList>(list_of(256)).has_value());
  CHECK(parse_whole<FlagList>(list_of(257)).error() == Error{Code::invalid, "too many keywords"});
}
