#include "imap/syntax/list_args.h"

#include "imap/syntax/grammar_test.h"

using namespace posthorn;
using namespace posthorn::imap;

TEST_CASE("list_args: LSUB, and LIST as RFC 3501 has it") {
  check_grammar<LsubArgs>({
      {"\"\" *"},
      {"\"\" \"\""},
      {"a/ %/&AOQ-*"},
      {"\"a b/\" \"c d%\""},
      {"\"\" \"a\"", "\"\" a"},
      {"\"\" {1}\r\n%", "\"\" %"},
      {"\"\" &x", "", "the mailbox name is not modified UTF-7: a shift is not closed by '-'"},
      {"\"\"", "", "a space is expected"},
      {"% *", "", "a string is expected"},
  });
  check_grammar<ListArgs>({
      {"\"\" *"},
      {"\"\" \"\""},
      {"a/ %/&AOQ-*"},
      {"\"a b/\" \"c d%\""},
      {"\"\" \"a\"", "\"\" a"},
      {"\"\" {1}\r\n%", "\"\" %"},
      {"\"\" &x", "", "the mailbox name is not modified UTF-7: a shift is not closed by '-'"},
      {"\"\"", "", "a space is expected"},
      {"% *", "", "a string is expected"},
  });
  check_grammar<ListArgs>({{"\"\" \"\xc3\xa4*\""}}, NameEncoding::utf8);
  CHECK(parse_whole<ListArgs>("\"\" " + std::string(1001, '*')).error().code == Code::invalid);
}

TEST_CASE("list_args: LIST-EXTENDED") {
  check_grammar<ListArgs>({
      {"() \"\" *"},
      {"(SUBSCRIBED) \"\" *"},
      {"(recursivematch subscribed) \"\" *", "(SUBSCRIBED RECURSIVEMATCH) \"\" *"},
      {"(SPECIAL-USE REMOTE) \"\" *", "(REMOTE SPECIAL-USE) \"\" *"},
      {"\"\" (INBOX Drafts Sent/%)"},
      {"\"\" (a)"},
      {"\"\" % RETURN (CHILDREN SUBSCRIBED)", "\"\" % RETURN (SUBSCRIBED CHILDREN)"},
      {"\"\" % RETURN (STATUS (MESSAGES UNSEEN) SPECIAL-USE)", "\"\" % RETURN (SPECIAL-USE STATUS (MESSAGES UNSEEN))"},
      {"\"\" % return ()", "\"\" % RETURN ()"},
      {"(SUBSCRIBED) \"\" (a b) RETURN (STATUS (SIZE))"},
      {"(RECURSIVEMATCH) \"\" *", "", "RECURSIVEMATCH goes with another option"},
      {"(RECURSIVEMATCH REMOTE) \"\" *", "", "RECURSIVEMATCH goes with another option"},
      {"(FOO) \"\" *", "", "unknown option \"FOO\""},
      {"\"\" * RETURN (FOO)", "", "unknown option \"FOO\""},
      {"\"\" * RETURN", "", "a space is expected"},
      {"\"\" * FOO", "", "RETURN is expected"},
      {"\"\" ()", "", "a mailbox pattern is expected"},
  });
}
