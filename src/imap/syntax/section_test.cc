#include "imap/syntax/section.h"

#include <doctest/doctest.h>

#include "imap/syntax/grammar_test.h"

using namespace posthorn;
using namespace posthorn::imap;

TEST_CASE("section: every form") {
  check_grammar<SectionSpec>({
      {"[]"},
      {"[HEADER]"},
      {"[header]", "[HEADER]"},
      {"[TEXT]"},
      {"[1]"},
      {"[1.2.30]"},
      {"[1.MIME]"},
      {"[4.2.2.HEADER]"},
      {"[1.TEXT]"},
      {"[HEADER.FIELDS (DATE From)]"},
      {"[HEADER.FIELDS (\"Date\" {4}\r\nFrom)]", "[HEADER.FIELDS (Date From)]"},
      {"[HEADER.FIELDS (\"a(b\" x])]"},
      {"[4.2.header.fields.not (To)]", "[4.2.HEADER.FIELDS.NOT (To)]"},
      {"[MIME]", "", "MIME asks for a part number before it"},
      {"[0]", "", "a number above zero is expected"},
      {"[1.]", "", "unknown section"},
      {"[1.0]", "", "a number above zero is expected"},
      {"[.1]", "", "unknown section"},
      {"[FOO]", "", "unknown section"},
      {"[HEADER.FIELDS]", "", "a space is expected"},
      {"[HEADER.FIELDS ()]", "", "a string is expected"},
      {"[HEADER.FIELDS (\"\")]", "", "a name of a header field is expected"},
      {"[HEADER.FIELDS (\"a b\")]", "", "a name of a header field is expected"},
      {"[HEADER.FIELDS (a:)]", "", "a name of a header field is expected"},
      {"[HEADER.FIELDS ({2}\r\n\r\n)]", "", "a name of a header field is expected"},
      {"[HEADER (a)]", "", "']' is expected"},
      {"[1", "", "']' is expected"},
      {"", "", "'[' is expected"},
      {"[4294967296]", "", "the number is too large"},
  });
}

TEST_CASE("section: bounds") {
  std::string deep = "[1";
  for (int i = 1; i < 100; ++i) deep += ".1";
  CHECK(parse_whole<SectionSpec>(deep + "]").has_value());
  CHECK(parse_whole<SectionSpec>(deep + ".1]").error().text == "the part number is too deep");
  std::string many = "[HEADER.FIELDS (a";
  for (int i = 1; i < 500; ++i) many += " a";
  CHECK(parse_whole<SectionSpec>(many + ")]").has_value());
  CHECK(parse_whole<SectionSpec>(many + " a)]").error().text == "too many header fields");
}

TEST_CASE("section: partial") {
  check_grammar<Partial>({
      {"<0.1>"},
      {"<2048.65536>"},
      {"<9223372036854775807.9223372036854775807>"},
      {"<0.0>", "", "a number above zero is expected"},
      {"<0>", "", "'.' is expected"},
      {"<-1.5>", "", "a number is expected"},
      {"<0.9223372036854775808>", "", "the number is too large"},
      {"<0.1", "", "'>' is expected"},
  });
}
