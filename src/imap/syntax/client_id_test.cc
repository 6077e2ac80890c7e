#include "imap/syntax/client_id.h"

#include <doctest/doctest.h>

#include "imap/syntax/grammar_test.h"

using namespace posthorn;
using namespace posthorn::imap;

TEST_CASE("client_id: fields") {
  check_grammar<ClientId>({
      {"NIL"},
      {"nil", "NIL"},
      {"()", "NIL"},
      {"(\"name\" \"sodr\" \"version\" NIL)"},
      {"({4}\r\nname \"x\")", "(\"name\" \"x\")"},
      {"(\"name\")", "", "a space is expected"},
      {"(name \"x\")", "", "a string is expected"},
      {"(\"name\" \"x\"", "", "')' is expected"},
  });
}
