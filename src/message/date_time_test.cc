#include "message/date_time.h"

#include <doctest/doctest.h>

#include <vector>

using namespace posthorn::message;

TEST_CASE("date_time: headers' dates, as written and as found") {
  struct Row {
    std::string_view value, printed;
  };
  for (const auto& [value, printed] : std::vector<Row>{
           {"Fri, 21 Nov 1997 09:55:06 -0600", "Fri, 21 Nov 1997 09:55:06 -0600"},
           {"Thu, 13 Feb 1969 23:32:54 -0330", "Thu, 13 Feb 1969 23:32:54 -0330"},
           {"21 Nov 97 09:55:06 GMT", "Fri, 21 Nov 1997 09:55:06 +0000"},
           {"Fri, 21 Nov 1997 09(comment):   55  :  06 -0600", "Fri, 21 Nov 1997 09:55:06 -0600"},
           {"Thu,\r\n 13\r\n Feb\r\n 1969 23:32 -0330 (Newfoundland Time)", "Thu, 13 Feb 1969 23:32:00 -0330"},
           {"1 Jan 2026 00:00:00 PDT", "Thu, 01 Jan 2026 00:00:00 -0700"},
           {"1 Jan 2026 00:00:00 X", "Thu, 01 Jan 2026 00:00:00 +0000"},
           {"1 January 2026 1:02", "Thu, 01 Jan 2026 01:02:00 +0000"},
           {"Sat Nov 21 20:53:13 2026", "Sat, 21 Nov 2026 20:53:13 +0000"},
           {"21-Nov-2026 20:53:13 +0100", "Sat, 21 Nov 2026 20:53:13 +0100"},
           {"1 Jan 103 00:00:00 +0000", "Wed, 01 Jan 2003 00:00:00 +0000"},
           {"1 Jan 49 00:00:00 +0000", "Fri, 01 Jan 2049 00:00:00 +0000"},
           {"31 Dec 1998 23:59:60 +0000", "Fri, 01 Jan 1999 00:00:00 +0000"},
           {"29 Feb 2024 00:00:00 +9999", "Thu, 29 Feb 2024 00:00:00 +0000"},
       })
    CHECK_MESSAGE(print_date(parse_date(value).value_or(DateTime{})) == printed, value);
}

TEST_CASE("date_time: what is no date") {
  for (const auto* bad : {"", "yesterday", "21 Nov", "Nov 2026", "30 Feb 2026 00:00:00 +0000",
                          "1 Jan 2026 24:00:00 +0000", "1 Jan 2026 10:60:00 +0000", "99999999999999999999 Jan 2026",
                          "1 Jan 99999", "1 Jan 0000 1:1:1", "29 Feb 2023 00:00:00 +0000"})
    CHECK_MESSAGE(!parse_date(bad), bad);
}

TEST_CASE("date_time: the local day") {
  CHECK(local_day({-1, 0}) == -1);
  CHECK(local_day({0, -60}) == -1);
  CHECK(local_day({86'399, 1}) == 1);
}
