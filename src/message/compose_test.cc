#include "message/compose.h"

#include <doctest/doctest.h>

#include "base/text.h"
#include "message/envelope.h"
#include "message/header.h"
#include "message/parser.h"
#include "message/preview.h"

using namespace posthorn;
using namespace posthorn::message;

TEST_CASE("compose: a plain message") {
  Composer c;
  c.addresses("From", parse_address_list("Post <postmaster@x.test>")).text_field("Subject", "caf\u00e9").date({0, 0});
  c.new_message_id("x.test").text("Hello\nworld\n");
  const auto out = c.finish();
  CHECK(
      out.starts_with("From: Post <postmaster@x.test>\r\nSubject: =?utf-8?B?Y2Fmw6k=?=\r\n"
                      "Date: Thu, 01 Jan 1970 00:00:00 +0000\r\nMessage-ID: <"));
  CHECK(
      out.ends_with("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                    "Content-Transfer-Encoding: 7bit\r\n\r\nHello\r\nworld\r\n"));
  CHECK(read_envelope(out).message_id == "<" + c.message_id() + ">");
}

TEST_CASE("compose: a report of several parts comes back whole") {
  Composer c;
  c.multipart("report; report-type=delivery-status").text("caf\u00e9\n" + std::string(2000, 'x'));
  c.part("message/delivery-status", "Reporting-MTA: dns; x\r\n").part("message/rfc822", "Subject: \xe4\r\n\r\nx");
  c.part("application/octet-stream", std::string_view("\0\r", 2));
  const auto out = c.finish();
  const auto parsed = parse(out);
  const auto& parts = parsed.tree.parts;
  REQUIRE(parts.size() == 6);
  CHECK(parts[0].is("multipart", "report"));
  CHECK(*find_param(parts[0].params, "report-type") == "delivery-status");
  const auto body = [&](const Part& p) { return std::string_view(out).substr(p.body_start, p.body_size()); };
  CHECK(decode_transfer(body(parts[1]), parts[1].encoding) == "caf\u00e9\r\n" + std::string(2000, 'x'));
  CHECK(body(parts[2]) == "Reporting-MTA: dns; x\r\n");
  CHECK(parts[3].encoding == "8bit");
  CHECK(body(parts[3]) == "Subject: \xe4\r\n\r\nx");
  CHECK(decode_transfer(body(parts[5]), parts[5].encoding) == std::string_view("\0\r", 2));
}

TEST_CASE("compose: nothing given breaks out of its field") {
  Composer c;
  c.text_field("Subject", "a\r\nBcc: x").field("X", "b\r\n\r\nc").text_field("Y", "");
  AddressList list{{Address::Kind::mailbox, "n\r\nX: y", "", "l\r\n", "d"}};
  c.addresses("To", list);
  std::string long_value;
  for (int i = 0; i < 100; ++i) long_value += "word ";
  c.field("Long", long_value + std::string(200, 'w'));
  const auto out = c.finish();
  std::string names;
  for (const auto& field : Headers(out)) names += std::string(field.name) + " ";
  CHECK(names == "Subject X Y To Long MIME-Version ");
  for (const auto line : split(out.substr(0, out.find(std::string(200, 'w'))), '\n')) CHECK(line.size() <= 79);
}
