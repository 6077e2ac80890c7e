#include "imap/syntax/lexer.h"

#include <doctest/doctest.h>

#include "imap/syntax/grammar_test.h"

using namespace posthorn;
using namespace posthorn::imap;
using namespace std::string_view_literals;

/// Reads all of `text` by one production; gives what was read, or "! " and the error.
template <class Read>
static std::string read(std::string_view text, Read production) {
  const auto parse = [&](std::string_view input) {
    Lexer in(input);
    const std::string value(production(in));
    in.require_end();
    return in.result(value);
  };
  cut_short(text, parse);
  const auto value = parse(text);
  return value ? *value : "! " + value.error().text;
}

TEST_CASE("lexer: numbers") {
  const auto number = [](Lexer& in) { return std::to_string(in.number()); };
  CHECK(read("0", number) == "0");
  CHECK(read("007", number) == "7");
  CHECK(read("4294967295", number) == "4294967295");
  CHECK(read("4294967296", number) == "! the number is too large");
  CHECK(read("-1", number) == "! a number is expected");
  CHECK(read("", number) == "! a number is expected");
  const auto nz_number = [](Lexer& in) { return std::to_string(in.nz_number()); };
  CHECK(read("10", nz_number) == "10");
  CHECK(read("0", nz_number) == "! a number above zero is expected");
  CHECK(read("01", nz_number) == "! a number above zero is expected");
  const auto number64 = [](Lexer& in) { return std::to_string(in.number64()); };
  CHECK(read("9223372036854775807", number64) == "9223372036854775807");
  CHECK(read("9223372036854775808", number64) == "! the number is too large");
  CHECK(read("99999999999999999999", number64) == "! the number is too large");
  const auto nz_number64 = [](Lexer& in) { return std::to_string(in.nz_number64()); };
  CHECK(read("1", nz_number64) == "1");
  CHECK(read("0", nz_number64) == "! a number above zero is expected");
}

TEST_CASE("lexer: atoms and tags") {
  const auto atom = [](Lexer& in) { return in.atom(); };
  CHECK(read("a1.+-/}[x~", atom) == "a1.+-/}[x~");
  CHECK(read("", atom) == "! an atom is expected");
  for (const char c : "(){%*\"\\] \x7f\t\xc3"sv) {
    if (c == ')' || c == '(') continue;
    CHECK(is_atom_char(c) == false);
  }
  CHECK_FALSE(is_atom_char('('));
  CHECK_FALSE(is_atom_char(')'));
  CHECK(is_astring_char(']'));
  const auto tag = [](Lexer& in) { return in.tag(); };
  CHECK(read("A1]", tag) == "A1]");
  CHECK(read("+", tag) == "! a tag is expected");
  CHECK(read(std::string(256, 't'), tag).size() == 256);
  CHECK(read(std::string(257, 't'), tag) == "! the tag is too long");
}

TEST_CASE("lexer: quoted strings are strict") {
  const auto quoted = [](Lexer& in) { return in.quoted(); };
  CHECK(read(R"("")", quoted) == "");
  CHECK(read(R"("a \"b\" \\ c")", quoted) == R"(a "b" \ c)");
  CHECK(read("\"\xc3\xa4\t\"", quoted) == "\xc3\xa4\t");
  CHECK(read("\"\xe4\"", quoted) == "! a quoted string holds bytes that are not UTF-8");
  CHECK(read(R"("\n")", quoted) == "! only \\ and \" may follow a \\");
  CHECK(read(R"("abc)", quoted) == "! the quoted string does not end");
  CHECK(read(R"("abc\)", quoted) == "! the input ends too early");
  for (const auto bad : {"\"a\rb\""sv, "\"a\nb\""sv, "\"a\0b\""sv})
    CHECK(read(bad, quoted) == "! a quoted string may not hold CR, LF or NUL");
}

TEST_CASE("lexer: literals") {
  const auto literal = [](Lexer& in) { return in.literal(); };
  CHECK(read("{3}\r\na\nb", literal) == "a\nb");
  CHECK(read("{3+}\r\n\r\n\"", literal) == "\r\n\"");
  CHECK(read("{0}\r\n", literal) == "");
  CHECK(read("{1}\r\n\0"sv, literal) == "! a literal may not hold NUL");
  CHECK(read("~{1}\r\n\0"sv, literal) == "\0"sv);
  CHECK(read("{4}\r\nabc", literal) == "! the input ends too early");
  CHECK(read("{9223372036854775807}\r\nabc", literal) == "! the input ends too early");
  CHECK(read("{3}\nabc", literal) == "! \"\r\n\" is expected");
  CHECK(read("{-1}\r\n", literal) == "! a number is expected");
  CHECK(read("{1-}\r\na", literal) == "! '}' is expected");
}

TEST_CASE("lexer: strings") {
  const auto string = [](Lexer& in) { return in.string(); };
  CHECK(read("{1}\r\na", string) == "a");
  CHECK(read("\"a\"", string) == "a");
  CHECK(read("a", string) == "! a string is expected");
  const auto astring = [](Lexer& in) { return in.astring(); };
  CHECK(read("a]", astring) == "a]");
  CHECK(read("\"\"", astring) == "");
  CHECK(read("{2}\r\n()", astring) == "()");
  CHECK(read("", astring) == "! a string is expected");
  CHECK(read("a*", astring) == "! unexpected text after the end: \"*\"");
  const auto nstring = [](Lexer& in) { return in.nstring().value_or("nothing"); };
  CHECK(read("nil", nstring) == "nothing");
  CHECK(read("\"NIL\"", nstring) == "NIL");
  CHECK(read("x", nstring) == "! a string is expected");
  const auto list_mailbox = [](Lexer& in) { return in.list_mailbox(); };
  CHECK(read("a/%]*", list_mailbox) == "a/%]*");
  CHECK(read("\"\"", list_mailbox) == "");
  CHECK(read("", list_mailbox) == "! a mailbox pattern is expected");
}

TEST_CASE("lexer: lists nest so deep and no deeper") {
  const auto nested = [](Lexer& in) {
    int deepest = 0;
    const auto list = [&](auto& self) -> void {
      ++deepest;
      if (in.peek(1) != '(') return in.list_or_empty([&] { in.atom(); });
      in.list([&] { self(self); });
    };
    list(list);
    return std::to_string(deepest);
  };
  CHECK(read("(a b c)", nested) == "1");
  CHECK(read("()", nested) == "1");
  CHECK(read("((()))", nested) == "3");
  CHECK(read("(a b", nested) == "! ')' is expected");
  CHECK(read("(a  b)", nested) == "! an atom is expected");
  CHECK(read(std::string(50, '(') + std::string(50, ')'), nested) == "50");
  CHECK(read(std::string(51, '(') + std::string(51, ')'), nested) == "! the parentheses nest too deeply");
  CHECK(read(std::string(5000, '('), nested) == "! the parentheses nest too deeply");
}

TEST_CASE("lexer: what is refused is not a syntax error") {
  Lexer in("x");
  in.refuse("no");
  CHECK(in.result(1).error() == Error{Code::invalid, "no"});
  Lexer other("x");
  other.sp();
  other.refuse("no");
  CHECK(other.result(1).error() == Error{Code::syntax, "a space is expected"});
}
