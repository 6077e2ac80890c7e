#include "message/structure.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace posthorn::message;

static std::string extended(std::string_view m, Utf8 mode = Utf8::encode) {
  return print_bodystructure(parse(m), mode);
}
static std::string plain(std::string_view m) { return print_body(parse(m), Utf8::encode); }

TEST_CASE("structure: leaves") {
  CHECK(extended("\r\nhello\r\n") ==
        "(\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 7 1 NIL NIL NIL NIL)");
  CHECK(plain("\r\nhello\r\n") == "(\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 7 1)");
  CHECK(
      extended(
          "Content-Type: text/html; format=flowed; charset=UTF-8\nContent-Transfer-Encoding: QUOTED-PRINTABLE\n\nx") ==
      "(\"text\" \"html\" (\"format\" \"flowed\" \"charset\" \"UTF-8\") NIL NIL \"quoted-printable\" 1 0 NIL NIL NIL "
      "NIL)");
  CHECK(extended(
            "Content-Type: application/pdf\nContent-ID: <1@x>\nContent-Description: a \"b\"\nContent-MD5: abc\n"
            "Content-Disposition: attachment; filename=\"x y.pdf\"\nContent-Language: de\nContent-Location: u\n\n") ==
        "(\"application\" \"pdf\" NIL \"<1@x>\" \"a \\\"b\\\"\" \"7bit\" 0 \"abc\" "
        "(\"attachment\" (\"filename\" \"x y.pdf\")) (\"de\") \"u\")");
  CHECK(extended("Content-Type: a/b\nContent-Disposition: inline\nContent-Language: de, en\n\n") ==
        "(\"a\" \"b\" NIL NIL NIL \"7bit\" 0 NIL (\"inline\" NIL) (\"de\" \"en\") NIL)");
}

TEST_CASE("structure: multiparts and messages") {
  const std::string_view message =
      "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n1\n--b\nContent-Type: message/rfc822\n\n"
      "Subject: in\nContent-Type: image/gif\n\nGIF\n--b--\n";
  CHECK(extended(message) ==
        "((\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 1 0 NIL NIL NIL NIL)"
        "(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 40 (NIL \"in\" NIL NIL NIL NIL NIL NIL NIL NIL) "
        "(\"image\" \"gif\" NIL NIL NIL \"7bit\" 3 NIL NIL NIL NIL) 3 NIL NIL NIL NIL)"
        " \"mixed\" (\"boundary\" \"b\") NIL NIL NIL)");
  CHECK(plain(message) ==
        "((\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 1 0)"
        "(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 40 (NIL \"in\" NIL NIL NIL NIL NIL NIL NIL NIL) "
        "(\"image\" \"gif\" NIL NIL NIL \"7bit\" 3) 3) \"mixed\")");
  CHECK(plain("Content-Type: multipart/x\n\nno parts") ==
        "((\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 0 0) \"x\")");
}

TEST_CASE("structure: parameters other than ASCII") {
  const std::string_view message =
      "Content-Type: a/b; x*=utf-8''%C3%A4; y=\"=?utf-8?Q?=C3=A4?=\"; z=\"\u00e4\"\nContent-Description: \u00e4\n\n";
  CHECK(extended(message) ==
        "(\"a\" \"b\" (\"x*\" \"utf-8''%C3%A4\" \"y\" \"=?utf-8?B?w6Q=?=\" \"z\" \"=?utf-8?B?w6Q=?=\") NIL "
        "\"=?utf-8?B?w6Q=?=\" \"7bit\" 0 NIL NIL NIL NIL)");
  CHECK(extended(message, Utf8::raw) ==
        "(\"a\" \"b\" (\"x\" \"\u00e4\" \"y\" \"\u00e4\" \"z\" \"\u00e4\") NIL \"\u00e4\" \"7bit\" 0 NIL NIL NIL NIL)");
}

TEST_CASE("structure: deep and wide messages are printed whole") {
  std::string deep;
  for (int i = 0; i < 500; ++i) deep += "Content-Type: message/rfc822\n\n";
  for (const auto& out : {extended(deep), plain(deep)}) {
    CHECK(std::count(out.begin(), out.end(), '(') == std::count(out.begin(), out.end(), ')'));
  }
}

TEST_CASE("structure: its size is bounded") {
  std::string addresses;
  for (int i = 0; i < 900; ++i) addresses += "a,";
  std::string message = "Content-Type: multipart/digest; boundary=b\n\n";
  for (int i = 0; i < 400; ++i) message += "--b\n\nFrom: " + addresses + "\n\nx\n";
  const auto printed = extended(message);
  CHECK(printed.size() > kMaxStructure);
  CHECK(printed.size() < kMaxStructure + 500'000);
  CHECK(printed.ends_with(" \"digest\" NIL NIL NIL NIL)"));
}
