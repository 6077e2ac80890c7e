#include "imap/syntax/special_use.h"

#include "imap/syntax/grammar_test.h"

using namespace posthorn;
using namespace posthorn::imap;

TEST_CASE("special_use: CREATE") {
  check_grammar<CreateArgs>({
      {"a"},
      {"a/", "a"},
      {"a (USE (\\sent))", "a (USE (\\Sent))"},
      {"a (USE (\\Sent \\Drafts))"},
      {"a (USE ())", "a"},
      {"a (USE (\\Foo))", "a (USE (\\Unknown))"},
      {"a (USE (Sent))", "", "'\\' is expected"},
      {"a (FOO (\\Sent))", "", "USE is expected"},
      {"a USE", "", "'(' is expected"},
  });
}
