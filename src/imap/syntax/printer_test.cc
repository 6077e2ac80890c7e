#include "imap/syntax/printer.h"

#include <doctest/doctest.h>

#include "imap/syntax/lexer.h"

using namespace posthorn;
using namespace posthorn::imap;
using namespace std::string_view_literals;

template <class... Args>
static std::string by(void (*print)(std::string&, Args...), std::type_identity_t<Args>... args) {
  std::string out;
  print(out, args...);
  return out;
}

TEST_CASE("printer: the form follows from the bytes") {
  CHECK(by(print_number, 18446744073709551615u) == "18446744073709551615");
  CHECK(by(print_astring, "a]b") == "a]b");
  CHECK(by(print_astring, "") == "\"\"");
  CHECK(by(print_astring, "nil") == "\"nil\"");
  CHECK(by(print_astring, "a b") == "\"a b\"");
  CHECK(by(print_string, R"(a"\)") == R"("a\"\\")");
  CHECK(by(print_string, "a\r\nb") == "{4}\r\na\r\nb");
  CHECK(by(print_string, "\xc3\xa4") == "{2}\r\n\xc3\xa4");
  CHECK(by(print_string, "a\0b"sv) ==
        "{3}\r\na\x1a"
        "b");
  CHECK(by(print_quoted, "a\r\n\0b"sv) ==
        "\"a\x1a\x1a\x1a"
        "b\"");
  CHECK(by(print_quoted, "\xc3\xa4") == "\"\xc3\xa4\"");
  CHECK(by(print_string, std::string(1025, 'x')).starts_with("{1025}\r\nxx"));
  CHECK(by(print_astring, std::string(1025, 'x')).starts_with("{1025}\r\nxx"));
  std::string out;
  print_nstring(out, std::nullopt);
  print_nstring(out, "NIL");
  CHECK(out == "NIL\"NIL\"");
}

TEST_CASE("printer: every string comes back") {
  for (int c = 1; c < 256; ++c) {
    const std::string text(3, static_cast<char>(c));
    CHECK(Lexer(by(print_string, text)).string() == text);
    CHECK(Lexer(by(print_astring, text)).astring() == text);
  }
}
