#include "script/script.h"

#include <doctest/doctest.h>

#include "script/host.h"
#include "script/pattern.h"

using namespace posthorn;
using namespace std::string_literals;
using script::Names;
using script::Script;

namespace {

net::Task<> echo_lines(net::Stream* stream) {
  char bytes[50];
  co_await stream->write("* one\r\n* two\r\nready\r\n"s);
  while (const std::size_t got = co_await stream->read_some(bytes, sizeof bytes)) co_await stream->write(bytes, got);
  stream->shutdown_write();
}

Result<void> run(script::Transport transport, const std::string& text) {
  script::Host host(transport, {{"default", {echo_lines}}}, nullptr);
  return host.run(*Script::parse("t", text), std::chrono::seconds(2));
}

}  // namespace

TEST_CASE("script: lines, headers, comments, and what is not understood") {
  const auto parsed = Script::parse("x", "clock: 2026-01-01T00:00:00Z\n# a comment\n\nC: hello\nS2-raw: a b\nC-tls:\n");
  REQUIRE(parsed);
  CHECK(parsed->option("clock", "") == "2026-01-01T00:00:00Z");
  REQUIRE(parsed->steps.size() == 3);
  CHECK(parsed->steps[0].text == "hello");
  CHECK(parsed->steps[1].connection == 2);
  CHECK(parsed->steps[1].line == 5);
  CHECK(parsed->steps[2].kind == script::Step::Kind::start_tls);
  for (const char* bad : {"", "clock: x\n", "C: a\nclock: x\n", "Q: a\n", "C-sing: a\n", "hello\n"})
    CHECK_FALSE(Script::parse("x", bad));
  CHECK(script::parse_duration("5m") == std::chrono::minutes(5));
  CHECK_FALSE(script::parse_duration("5"));
  CHECK_FALSE(script::parse_duration("m"));
  CHECK(to_seconds(*script::parse_time("1970-01-02T00:00:00Z")) == 86400);
  CHECK_FALSE(script::parse_time("yesterday"));
}

TEST_CASE("pattern: what is sent") {
  const Names names = {{"uid", "42"}};
  CHECK(*script::expand("a $uid b$$c \\r\\n\\0\\x41\\\\ (\\Seen)", names) == "a 42 b$c \r\n\0A\\ (\\Seen)"s);
  CHECK(*script::expand("${base64 \\0a\\0b} ${repeat 3 xy}", names) == "AGEAYg== xyxyxy");
  CHECK(*script::expand("{5} $Forwarded $", names) == "{5} $Forwarded $");
  CHECK_FALSE(script::expand("$unknown", names));
  CHECK_FALSE(script::expand("${shout x}", names));
}

TEST_CASE("pattern: what is expected") {
  Names names;
  CHECK(script::matches("* 1 FETCH (UID $uid FLAGS (\\Seen))", "* 1 FETCH (UID 42 FLAGS (\\Seen))", &names));
  CHECK(names["uid"] == "42");
  CHECK_FALSE(script::matches("UID $uid", "UID 43", &names));
  CHECK(script::matches("a...z", "a [*] (z", &names));
  CHECK_FALSE(script::matches("a...z", "a [*] (zz ", &names));
  CHECK(script::matches("{/[0-9]+/} ok", "123 ok", &names));
  CHECK(script::matches("$x$$y/$x", "1$y/1", &names));
  CHECK_FALSE(script::matches("$p $p", "1 2", &names));
  CHECK_FALSE(names.contains("p"));
  CHECK(script::matches("a\\x00\\r\\nb", "a\0\r\nb"s, &names));
}

TEST_CASE("runner: the same script over every transport, groups in any order") {
  for (const auto transport : script::kTransports) {
    CAPTURE(script::name_of(transport));
    const auto good =
        run(transport,
            "S: * two\nS: * one\nS: ready\nC: a $$x\nS: a $word\nC-raw: $word\nC: !\nS-raw: $word!\nS-raw: "
            "\\r\\n\nC2-connect: default\nS2-until: ready\nS2-silent:\nC2: x\nS2: x\nC2-close:\nC-end:\nS-end:\n");
    CHECK_MESSAGE(good.has_value(), (good ? "" : good.error().text));
    const auto bad = run(transport, "S: * one\nS: * two\nS: ready\nC: a\nS: b\n");
    REQUIRE_FALSE(bad);
    CHECK(bad.error().text == "t:5: expected b\n  but got  a");
  }
  CHECK(run(script::Transport::memory, "S-until: nothing\n").error().text == "t:1: cancelled: it took too long");
}
