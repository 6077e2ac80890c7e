#include "imap/syntax/select_args.h"

#include "imap/syntax/grammar_test.h"

using namespace posthorn;
using namespace posthorn::imap;

TEST_CASE("select_args: parameters") {
  check_grammar<SelectArgs>({
      {"INBOX"},
      {"inbox (condstore)", "INBOX (CONDSTORE)"},
      {"a (QRESYNC (67890007 20050715194045000))"},
      {"a (QRESYNC (67890007 90060115194045000 41,43:211,214:541))"},
      {"a (QRESYNC (67890007 90060115194045000 41:211,214:541 (1:3,5 41:43,45)))"},
      {"a (QRESYNC (1 2 (5 7)))"},
      {"a (CONDSTORE QRESYNC (1 2))"},
      {"a (QRESYNC (1 2) condstore)", "a (CONDSTORE QRESYNC (1 2))"},
      {"a (QRESYNC (0 2))", "", "a number above zero is expected"},
      {"a (QRESYNC (1 0))", "", "a number above zero is expected"},
      {"a (QRESYNC (1 2 *))", "", "a number is expected"},
      {"a (QRESYNC (1))", "", "a space is expected"},
      {"a (QRESYNC (1 9223372036854775808))", "", "the number is too large"},
      {"a ()", "", "unknown parameter \"\""},
      {"a (FOO)", "", "unknown parameter \"FOO\""},
      {"a (CONDSTORE", "", "')' is expected"},
      {"a CONDSTORE", "", "'(' is expected"},
  });
}
