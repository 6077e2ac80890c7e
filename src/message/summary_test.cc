#include "message/summary.h"

#include <doctest/doctest.h>

using namespace posthorn::message;

TEST_CASE("summary: what the store keeps of a message") {
  const std::string_view message =
      "Date: Sat, 21 Nov 2026 20:53:13 +0100\r\nSubject: =?utf-8?Q?Re=3A_Caf=C3=A9?=\r\n"
      "From: =?utf-8?Q?J=C3=B6rg?= <joe@x.test>, other@x.test\r\nTo: G: mary@y.test;\r\nCc: root\r\n"
      "Message-ID: <3@x>\r\nIn-Reply-To: <2@x>\r\nReferences: <1@x> <2@x>\r\n"
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
      "--b\r\n\r\nHello\r\n--b\r\nContent-Type: image/png; name=x.png\r\n\r\nPNG\r\n--b--\r\n";
  const auto s = summarize(parse(message));
  CHECK(s.size == message.size());
  CHECK(message.substr(s.header_size).starts_with("--b\r\n"));
  CHECK(s.envelope.starts_with("(\"Sat, 21 Nov 2026 20:53:13 +0100\" \"=?utf-8?Q?Re=3A_Caf=C3=A9?=\" "));
  CHECK(s.bodystructure.ends_with("\"mixed\" (\"boundary\" \"b\") NIL NIL NIL)"));
  CHECK(s.body.ends_with("\"mixed\")"));
  CHECK(decode_mime_tree(s.tree).value() == parse(message).tree);
  CHECK(s.preview == "Hello");
  CHECK(s.has_attachment);
  CHECK(s.sent == (DateTime{1795290793, 60}));
  CHECK(s.message_id == "3@x");
  CHECK(s.in_reply_to == std::vector<std::string>{"2@x"});
  CHECK(s.references == std::vector<std::string>{"1@x", "2@x"});
  CHECK(s.base_subject == "CAFE\u0301");
  CHECK(s.is_reply_or_forward);
}

TEST_CASE("summary: of nothing") {
  const auto s = summarize(parse(""));
  CHECK(s.envelope == "(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)");
  CHECK_FALSE(s.sent);
  CHECK_FALSE(s.has_attachment);
  CHECK(s.references.empty());
  CHECK(summarize(parse("In-Reply-To: <a@b> <c@d>\n")).references == std::vector<std::string>{"a@b"});
}
