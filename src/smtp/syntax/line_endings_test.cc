#include "smtp/syntax/line_endings.h"

#include <doctest/doctest.h>

#include <string>

using namespace std::string_literals;
using namespace posthorn::smtp;

namespace {

LineFault check(const std::string& text, std::size_t piece) {
  LineChecker checker;
  for (std::size_t at = 0; at < text.size(); at += piece) checker.feed(std::string_view(text).substr(at, piece));
  checker.finish();
  return checker.fault();
}

std::string mend(const std::string& text, std::size_t piece) {
  LineMender mender;
  std::string out;
  const auto push = [&](std::string_view s) { out += s; };
  for (std::size_t at = 0; at < text.size(); at += piece) mender.feed(std::string_view(text).substr(at, piece), push);
  mender.finish(push);
  return out;
}

}  // namespace

TEST_CASE("line endings: faults are found and mended, in pieces of every size") {
  struct Case {
    std::string text;
    LineFault fault;
    std::string mended;
  };
  const Case cases[] = {
      {""s, LineFault::none, ""s},
      {"a"s, LineFault::none, "a"s},
      {"a\r\nb\r\n"s, LineFault::none, "a\r\nb\r\n"s},
      {"\r\n\r\n"s, LineFault::none, "\r\n\r\n"s},
      {"a\nb"s, LineFault::bare_lf, "a\r\nb"s},
      {"a\rb"s, LineFault::bare_cr, "a\r\nb"s},
      {"a\r"s, LineFault::bare_cr, "a\r\n"s},
      {"\n"s, LineFault::bare_lf, "\r\n"s},
      {"a\r\r\nb"s, LineFault::bare_cr, "a\r\n\r\nb"s},
      {"a\n\r\n\nb"s, LineFault::bare_lf, "a\r\n\r\n\r\nb"s},
      {"a\n\rb"s, LineFault::bare_lf, "a\r\n\r\nb"s},
      {"a\0b\0"s, LineFault::nul, "ab"s},
      {"a\r\0\nb"s, LineFault::bare_cr, "a\r\n\r\nb"s},
      {"a\n.\nb"s, LineFault::bare_lf, "a\r\n.\r\nb"s},
      {"\r.\r"s, LineFault::bare_cr, "\r\n.\r\n"s},
  };
  for (const Case& c : cases)
    for (std::size_t piece = 1; piece <= c.text.size() + 1; ++piece) {
      CAPTURE(c.text);
      CAPTURE(piece);
      CHECK(check(c.text, piece) == c.fault);
      CHECK(mend(c.text, piece) == c.mended);
      CHECK(check(c.mended, piece) == LineFault::none);
    }
}
