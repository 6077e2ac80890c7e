#include "message/section.h"

#include <doctest/doctest.h>

#include "message/parser.h"

using namespace posthorn::message;
using Path = std::vector<std::uint32_t>;

// The shape of the example of RFC 9051 6.4.5.1.
static const std::string_view kMessage =
    "Subject: root\n"
    "Content-Type: multipart/mixed; boundary=a\n\n"
    "--a\n\ntext 1\n"
    "--a\nContent-Type: message/rfc822\nX: 2\n\n"
    "Subject: in 2\nContent-Type: multipart/mixed; boundary=b\n\n"
    "--b\n\ntext 2.1\n"
    "--b\nContent-Type: multipart/x; boundary=c\n\n--c\nX: 2.2.1\n\ntext 2.2.1\n--c--\n"
    "--b--\n"
    "--a\nContent-Type: message/rfc822\n\nSubject: in 3\n\ntext 3\n"
    "--a--\n";

static std::string bytes(const Path& path, SectionText what, std::string_view message = kMessage) {
  const auto range = section_range(parse(message).tree, path, what);
  return range ? std::string(message.substr(range->offset, range->size)) : "(none)";
}

TEST_CASE("section: numbers of RFC 9051 6.4.5.1") {
  using enum SectionText;
  CHECK(bytes({}, whole) == kMessage);
  CHECK(bytes({}, header) == kMessage.substr(0, 57));
  CHECK(bytes({}, text) == kMessage.substr(57));
  CHECK(bytes({}, mime) == "(none)");
  CHECK(bytes({1}, whole) == "text 1");
  CHECK(bytes({1}, mime) == "\n");
  CHECK(bytes({1}, header) == "(none)");
  CHECK(bytes({1, 1}, whole) == "(none)");
  CHECK(bytes({2}, mime) == "Content-Type: message/rfc822\nX: 2\n\n");
  CHECK(bytes({2}, header) == "Subject: in 2\nContent-Type: multipart/mixed; boundary=b\n\n");
  CHECK(bytes({2}, text).starts_with("--b\n\ntext 2.1"));
  CHECK(bytes({2, 1}, whole) == "text 2.1");
  CHECK(bytes({2, 2, 1}, whole) == "text 2.2.1");
  CHECK(bytes({2, 2, 1}, mime) == "X: 2.2.1\n\n");
  CHECK(bytes({2, 2}, text) == "(none)");
  CHECK(bytes({3, 1}, whole) == "text 3");
  CHECK(bytes({3, 1}, mime) == "Subject: in 3\n\n");
  CHECK(bytes({3, 1, 1}, whole) == "(none)");
  CHECK(bytes({3, 2}, whole) == "(none)");
  CHECK(bytes({4}, whole) == "(none)");
  CHECK(bytes({0}, whole) == "(none)");
}

TEST_CASE("section: part 1 of a message that is no multipart is its body") {
  using enum SectionText;
  CHECK(bytes({1}, whole, "A: b\n\nbody") == "body");
  CHECK(bytes({1}, mime, "A: b\n\nbody") == "A: b\n\n");
  CHECK(bytes({2}, whole, "A: b\n\nbody") == "(none)");
  const std::string_view enclosing = "Content-Type: message/rfc822\n\nSubject: in\n\nbody";
  CHECK(bytes({1}, whole, enclosing) == "Subject: in\n\nbody");
  CHECK(bytes({1}, header, enclosing) == "Subject: in\n\n");
  CHECK(bytes({1, 1}, whole, enclosing) == "body");
  CHECK(bytes({1, 1, 1}, whole, enclosing) == "(none)");
}
