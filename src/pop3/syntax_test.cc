#include "pop3/syntax.h"

#include <doctest/doctest.h>

using namespace posthorn;
using namespace posthorn::pop3;

TEST_CASE("syntax: command lines") {
  struct Row {
    const char* line;
    const char* keyword;
    const char* arguments;
    const char* error = "";
  };
  for (const Row& row : {
           Row{"USER mrose", "USER", "mrose"},
           Row{"stat", "STAT", ""},
           Row{"PASS a b  c ", "PASS", "a b  c "},
           Row{"UTF8", "UTF8", ""},
           Row{"PASS gr\xc3\xbc\xc3\x9f", "PASS", "gr\xc3\xbc\xc3\x9f"},
           Row{"LIST ", "LIST", ""},
           Row{"", "", "", "not a command of POP3"},
           Row{"AB", "", "", "not a command of POP3"},
           Row{" STAT", "", "", "not a command of POP3"},
           Row{"ST\tAT", "", "", "not a command of POP3"},
           Row{"USER a\rb", "", "", "control characters are not allowed in commands"},
       }) {
    CAPTURE(row.line);
    const auto line = CommandLine::parse(row.line);
    CHECK((line ? "" : line.error().text) == row.error);
    if (!line) continue;
    CHECK(line->keyword == row.keyword);
    CHECK(line->arguments == row.arguments);
  }
}

TEST_CASE("syntax: arguments") {
  CHECK(parse_message_number("1") == 1u);
  CHECK(parse_message_number("007") == 7u);
  for (const char* bad : {"", "0", "-1", "1 ", "x", "4294967296", "+1"}) CHECK_FALSE(parse_message_number(bad));
  CHECK(TopArgs::parse("2 0") == TopArgs{2, 0});
  for (const char* bad : {"", "1", "1 ", "1 x", "1 -1", "0 1", "1 1 1"}) CHECK_FALSE(TopArgs::parse(bad));
  CHECK(AuthArgs::parse("plain AGE=") == AuthArgs{"PLAIN", "AGE="});
  CHECK(AuthArgs::parse("EXTERNAL =") == AuthArgs{"EXTERNAL", ""});
  CHECK(AuthArgs::parse("LOGIN") == AuthArgs{"LOGIN", std::nullopt});
  for (const char* bad : {"", " ", "PLAIN "}) CHECK_FALSE(AuthArgs::parse(bad));
}

TEST_CASE("syntax: replies keep to one line and forge no code") {
  const auto printed = [](const Reply& reply) {
    std::string out;
    reply.print(out);
    return out;
  };
  CHECK(printed(Reply::ok("2 320")) == "+OK 2 320\r\n");
  CHECK(printed({false, "IN-USE", "busy"}) == "-ERR [IN-USE] busy\r\n");
  CHECK(printed(Reply::ok("")) == "+OK\r\n");
  CHECK(printed(Reply::error("[AUTH] x\r\n+OK")) == "-ERR (AUTH] x??+OK\r\n");
  CHECK(printed(Reply::error(std::string(1000, 'x'))).size() < 512);
}
