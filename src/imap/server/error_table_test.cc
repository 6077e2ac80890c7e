#include "imap/server/error_table.h"

#include <doctest/doctest.h>

using namespace posthorn;
using namespace posthorn::imap;

TEST_CASE("error_table: every code has a reply in every phase") {
  for (int code = 0; code <= static_cast<int>(Code::internal); ++code) {
    for (const Phase phase : {Phase::any, Phase::login, Phase::target}) {
      const auto reply = reply_to({static_cast<Code>(code), "why"}, phase);
      CAPTURE(code);
      CHECK(reply.text == "why");
      CHECK(reply.code);
      CHECK(reply.condition == (static_cast<Code>(code) == Code::syntax ? Condition::bad : Condition::no));
      // SERVERBUG alone for what is one.
      const bool is_bug = static_cast<Code>(code) == Code::internal || static_cast<Code>(code) == Code::io;
      CHECK((reply.code->name == "SERVERBUG") == is_bug);
    }
  }
  CHECK(reply_to({Code::not_found, ""}, Phase::target).code->name == "TRYCREATE");
  CHECK(reply_to({Code::not_found, ""}).code->name == "NONEXISTENT");
}
