#include "message/envelope.h"

#include <doctest/doctest.h>

using namespace posthorn::message;

static std::string printed(std::string_view header, Utf8 mode = Utf8::encode) {
  return print_envelope(read_envelope(header), mode);
}

TEST_CASE("envelope: RFC 9051 7.5.2") {
  CHECK(printed("") == "(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)");
  CHECK(printed("Date: Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\r\nFrom: Terry Gray <gray@cac.washington.edu>\r\n"
                "Subject: IMAP4rev2 WG mtg summary and minutes\r\nTo: imap@cac.washington.edu\r\n"
                "cc: minutes@CNRI.Reston.VA.US, John Klensin <KLENSIN@MIT.EDU>\r\n"
                "Message-Id: <B27397-0100000@cac.washington.ed>\r\n\r\n") ==
        "(\"Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\" \"IMAP4rev2 WG mtg summary and minutes\" "
        "((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) ((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) "
        "((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) ((NIL NIL \"imap\" \"cac.washington.edu\")) "
        "((NIL NIL \"minutes\" \"CNRI.Reston.VA.US\")(\"John Klensin\" NIL \"KLENSIN\" \"MIT.EDU\")) NIL NIL "
        "\"<B27397-0100000@cac.washington.ed>\")");
}

TEST_CASE("envelope: absent, empty, repeated") {
  CHECK(printed("Subject:\r\nDate: \r\nTo:\r\nFrom: a@b\r\nSender:\r\nReply-To: ,\r\n") ==
        "(\"\" \"\" ((NIL NIL \"a\" \"b\")) ((NIL NIL \"a\" \"b\")) ((NIL NIL \"a\" \"b\")) NIL NIL NIL NIL NIL)");
  CHECK(printed("From: a@b\nFrom: c@d\nSubject: 1\nSubject: 2\nSender: e@f\n") ==
        "(NIL \"2\" ((NIL NIL \"a\" \"b\")(NIL NIL \"c\" \"d\")) ((NIL NIL \"e\" \"f\")) "
        "((NIL NIL \"a\" \"b\")(NIL NIL \"c\" \"d\")) NIL NIL NIL NIL NIL)");
}

TEST_CASE("envelope: groups, routes, what is missing, quoting") {
  CHECK(printed("To: G: a@b;, <@r1,@r2:c@d>, root, <>, \"x \\\"y\\\\\" <z@z>\n") ==
        "(NIL NIL NIL NIL NIL ((NIL NIL \"G\" NIL)(NIL NIL \"a\" \"b\")(NIL NIL NIL NIL)(NIL \"@r1,@r2\" \"c\" \"d\")"
        "(NIL NIL \"root\" \"MISSING_DOMAIN\")(NIL NIL \"MISSING_MAILBOX\" \"MISSING_DOMAIN\")"
        "(\"x \\\"y\\\\\" NIL \"z\" \"z\")) NIL NIL NIL NIL)");
  CHECK(printed("Subject: a\rb\n") == "(NIL {3}\r\na\rb NIL NIL NIL NIL NIL NIL NIL NIL)");
  CHECK(printed(std::string_view("Subject: a\0b\n", 13)) == "(NIL \"ab\" NIL NIL NIL NIL NIL NIL NIL NIL)");
}

TEST_CASE("envelope: text other than ASCII, encoded and raw") {
  const std::string_view header =
      "Subject: caf\u00e9\nTo: J\u00f6rg <j@x>, a@b\u00fccher.example, j\u00f6@x\nMessage-ID: <\u00e4@x>\n";
  CHECK(printed(header) ==
        "(NIL \"=?utf-8?B?Y2Fmw6k=?=\" NIL NIL NIL ((\"=?utf-8?B?SsO2cmc=?=\" NIL \"j\" \"x\")"
        "(NIL NIL \"a\" \"xn--bcher-kva.example\")"
        "(\"=?utf-8?B?asO2QHg=?=\" NIL \"invalid\" \"internationalized-address.invalid\")) NIL NIL NIL \"<?\?@x>\")");
  CHECK(printed(header, Utf8::raw) ==
        "(NIL \"caf\u00e9\" NIL NIL NIL ((\"J\u00f6rg\" NIL \"j\" \"x\")"
        "(NIL NIL \"a\" \"b\u00fccher.example\")(NIL NIL \"j\u00f6\" \"x\")) NIL NIL NIL \"<\u00e4@x>\")");
  CHECK(printed("Subject: \xe4 =?utf-8?q?x?=\n") == "(NIL \"=?utf-8?Q?=C3=A4_x?=\" NIL NIL NIL NIL NIL NIL NIL NIL)");
  CHECK(printed("Subject: \xe4\n", Utf8::raw) == "(NIL \"\u00e4\" NIL NIL NIL NIL NIL NIL NIL NIL)");
}
