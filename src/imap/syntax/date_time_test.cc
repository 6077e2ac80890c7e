#include "imap/syntax/date_time.h"

#include <doctest/doctest.h>

#include "imap/syntax/grammar_test.h"

using namespace posthorn;
using namespace posthorn::imap;

TEST_CASE("date_time: date") {
  check_grammar<Date>({
      {"1-Feb-1994"},
      {"01-feb-1994", "1-Feb-1994"},
      {"\"28-FEB-1994\"", "28-Feb-1994"},
      {"29-Feb-2024"},
      {"31-Dec-9999"},
      {"1-Jan-0000"},
      {"29-Feb-1994", "", "no such day"},
      {"0-Jan-2000", "", "no such day"},
      {"32-Jan-2000", "", "no such day"},
      {"1-Foo-2000", "", "a month is expected"},
      {"1-Jan-99", "", "the input ends too early"},
      {"1-Jan-20000", "", "unexpected text after the end: \"0\""},
      {"\"1-Jan-2000", "", "'\"' is expected"},
      {"x-Jan-2000", "", "a date is expected"},
      {"", "", "the input ends too early"},
      {"001-Jan-2000", "", "'-' is expected"},
  });
}

TEST_CASE("date_time: date-time") {
  check_grammar<DateTime>({
      {"\"17-Jul-1996 02:44:25 -0700\""},
      {"\" 7-Jul-1996 02:44:25 +0000\""},
      {"\"07-jul-1996 02:44:25 +1345\"", "\" 7-Jul-1996 02:44:25 +1345\""},
      {"\"31-Dec-1998 23:59:60 +0000\"", "\" 1-Jan-1999 00:00:00 +0000\""},
      {"\" 1-Jan-0000 00:00:00 +2359\""},
      {"\"31-Dec-9999 23:59:59 -2359\""},
      {"\" 7-Jul-1996 02:44:25 -0000\"", "\" 7-Jul-1996 02:44:25 +0000\""},
      {"17-Jul-1996 02:44:25 -0700", "", "'\"' is expected"},
      {"\"7-Jul-1996 02:44:25 -0700\"", "", "a date is expected"},
      {"\"17-Jul-1996 24:00:00 -0700\"", "", "no such time"},
      {"\"17-Jul-1996 00:60:00 -0700\"", "", "no such time"},
      {"\"17-Jul-1996 00:00:61 -0700\"", "", "no such time"},
      {"\"17-Jul-1996 00:00:00 -2400\"", "", "no such zone"},
      {"\"17-Jul-1996 00:00:00 +0060\"", "", "no such zone"},
      {"\"17-Jul-1996 00:00:00 PST\"", "", "a zone is expected"},
      {"\"17-Jul-1996 00:00:00 -0700", "", "'\"' is expected"},
  });
  const auto parsed = parse_whole<DateTime>("\"17-Jul-1996 02:44:25 -0700\"");
  CHECK(to_seconds(parsed.value().instant) == 837596665);
}

TEST_CASE("date_time: an instant that no date-time can tell is held at the end of the calendar") {
  CHECK(printed(DateTime{from_seconds(253402300800), {}}, NameEncoding::utf8) == "\"31-Dec-9999 23:59:59 +0000\"");
  CHECK(printed(DateTime{from_seconds(-99999999999), {}}, NameEncoding::utf8) == "\" 1-Jan-0000 00:00:00 +0000\"");
  CHECK(printed(DateTime{from_micros(-1), {}}, NameEncoding::utf8) == "\"31-Dec-1969 23:59:59 +0000\"");
}
