#include "imap/syntax/envelope.h"

#include <doctest/doctest.h>

#include "imap/syntax/grammar_test.h"

using namespace posthorn;
using namespace posthorn::imap;

TEST_CASE("envelope: fields and addresses") {
  check_grammar<Envelope>({
      {"(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)"},
      {"(\"d\" \"s\" ((\"n\" NIL \"a\" \"b\")(NIL \"@r\" \"c\" \"d\")) NIL NIL ((NIL NIL \"g\" NIL)(NIL NIL NIL NIL)) "
       "NIL "
       "NIL \"<r>\" \"<m>\")"},
      {"(NIL {3}\r\na\"b ((NIL NIL \"a\" \"b\") (NIL NIL \"c\" \"d\")) NIL NIL NIL NIL NIL NIL NIL)",
       "(NIL \"a\\\"b\" ((NIL NIL \"a\" \"b\")(NIL NIL \"c\" \"d\")) NIL NIL NIL NIL NIL NIL NIL)"},
      {"(NIL NIL NIL NIL NIL NIL NIL NIL NIL)", "", "a space is expected"},
      {"(NIL NIL () NIL NIL NIL NIL NIL NIL NIL)", "", "'(' is expected"},
      {"NIL", "", "'(' is expected"},
  });
}
