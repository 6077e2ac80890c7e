#include "message/header.h"

#include <doctest/doctest.h>

using namespace posthorn::message;

TEST_CASE("header: fields are places in the bytes") {
  const std::string_view raw = "Subject: one\r\n two\r\nfrom :a@b\nBroken line\r\nX:\r\n\r\nBody: not a field\r\n";
  std::string seen;
  for (const auto& f : Headers(raw)) {
    seen += std::string(f.name) + "=" + unfold(f.value) + ";";
    CHECK(f.offset + f.size <= raw.size());
  }
  CHECK(seen == "Subject=one two;from=a@b;=Broken line;X=;");
  CHECK(Headers(raw).find("FROM")->offset == 20);
  CHECK_FALSE(Headers(raw).find("body"));
  CHECK_FALSE(Headers("").find("x"));
  CHECK(Headers(" starts folded\r\nA: b").find("a")->value == " b");
  CHECK_FALSE(Headers("From me Mon 10:00\r\n").find("From me Mon 10"));
}

TEST_CASE("header: unfolding") {
  CHECK(unfold(" a\r\n\tb\r\n  c \r\n") == "a b  c");
  CHECK(unfold("a\n b") == "a b");
  CHECK(unfold(" \r\n ") == "");
  CHECK(unfold("a\rb") == "a\rb");
}

TEST_CASE("header: HEADER.FIELDS, RFC 9051 6.4.5.1") {
  const std::string_view raw = "To: a\r\nCc: b\r\n c\r\nto: d\r\nJunk\r\n\r\n";
  CHECK(select_header_fields(raw, {"TO"}, Fields::of_names) == "To: a\r\nto: d\r\n\r\n");
  CHECK(select_header_fields(raw, {"TO"}, Fields::not_of_names) == "Cc: b\r\n c\r\nJunk\r\n\r\n");
  CHECK(select_header_fields(raw, {"X"}, Fields::of_names) == "\r\n");
  CHECK(select_header_fields("A: b", {"A"}, Fields::of_names) == "A: b\r\n\r\n");
  CHECK(select_header_fields("", {}, Fields::not_of_names) == "\r\n");
}
