#include "imap/syntax/search_return.h"

#include "imap/syntax/grammar_test.h"

using namespace posthorn;
using namespace posthorn::imap;

TEST_CASE("search_return: options") {
  check_grammar<SearchReturn>({
      {"(MIN MAX ALL COUNT SAVE)"},
      {"(count min)", "(MIN COUNT)"},
      {"()", "(ALL)"},
      {"(SAVE)"},
      {"(FOO)", "", "unknown return option \"FOO\""},
      {"(MIN", "", "')' is expected"},
      {"MIN", "", "'(' is expected"},
  });
}
