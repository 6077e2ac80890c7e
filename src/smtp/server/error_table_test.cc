#include "smtp/server/error_table.h"

#include <doctest/doctest.h>

using namespace posthorn;
using namespace posthorn::smtp;

TEST_CASE("error_table: every code has a reply whose digits agree") {
  for (int code = 0; code <= static_cast<int>(Code::internal); ++code)
    for (const Phase phase :
         {Phase::any, Phase::connect, Phase::auth, Phase::mail, Phase::rcpt, Phase::data, Phase::end}) {
      CAPTURE(code);
      const Reply reply = reply_to(phase, {static_cast<Code>(code), "why"});
      const bool is_ours = code == static_cast<int>(Code::damaged) || code == static_cast<int>(Code::io) ||
                           code == static_cast<int>(Code::internal);
      CHECK(reply.code / 100 == reply.enhanced.klass);
      CHECK(reply.is_temporary() == is_temporary(static_cast<Code>(code)));
      CHECK((reply.text == "why") != is_ours);  // names of files and rows are not told to peers
    }
}
