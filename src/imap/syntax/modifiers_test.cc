#include "imap/syntax/modifiers.h"

#include "imap/syntax/grammar_test.h"

using namespace posthorn;
using namespace posthorn::imap;

TEST_CASE("modifiers: of FETCH and STORE") {
  check_grammar<FetchModifiers>({
      {"(CHANGEDSINCE 12345)"},
      {"(changedsince 0)", "(CHANGEDSINCE 0)"},
      {"(CHANGEDSINCE 12345 VANISHED)"},
      {"(VANISHED CHANGEDSINCE 1)", "(CHANGEDSINCE 1 VANISHED)"},
      {"(VANISHED)", "", "VANISHED goes with CHANGEDSINCE"},
      {"()", "", "unknown modifier \"\""},
      {"(CHANGEDSINCE -1)", "", "a number is expected"},
      {"(CHANGEDSINCE)", "", "a space is expected"},
  });
  check_grammar<StoreModifiers>({
      {"(UNCHANGEDSINCE 0)"},
      {"(UNCHANGEDSINCE 9223372036854775807)"},
      {"(UNCHANGEDSINCE 9223372036854775808)", "", "the number is too large"},
      {"(CHANGEDSINCE 1)", "", "unknown modifier \"CHANGEDSINCE\""},
  });
}
