#include "imap/syntax/command_args.h"

#include <doctest/doctest.h>

#include "imap/syntax/grammar_test.h"

using namespace posthorn;
using namespace posthorn::imap;

TEST_CASE("command_args: head") {
  check_grammar<CommandHead>({
      {"a1 noop", "a1 NOOP"},
      {"A.1 uid fetch", "A.1 UID FETCH"},
      {"a", "", "a space is expected"},
      {"a ", "", "an atom is expected"},
      {"", "", "a tag is expected"},
      {"+ NOOP", "", "a tag is expected"},
      {"a UID", "", "a space is expected"},
      {"a  NOOP", "", "an atom is expected"},
  });
  Lexer in("tag ?(");
  CHECK(CommandHead::parse(in).tag == "tag");
}

TEST_CASE("command_args: LOGIN and AUTHENTICATE") {
  check_grammar<LoginArgs>({
      {"a b"},
      {"\"a b\" {3}\r\nc\"d", "\"a b\" \"c\\\"d\""},
      {"a \"\""},
      {"a", "", "a space is expected"},
      {"a ", "", "a string is expected"},
      {"a b c", "", "unexpected text after the end: \" c\""},
  });
  check_grammar<AuthenticateArgs>({
      {"plain", "PLAIN"},
      {"PLAIN AGEAYg=="},
      {"EXTERNAL ="},
      {"PLAIN ", "", "base64 is expected"},
      {"PLAIN a_b", "", "unexpected text after the end: \"_b\""},
      {"", "", "an atom is expected"},
  });
}

TEST_CASE("command_args: names of mailboxes") {
  check_grammar<RenameArgs>({{"a b"}, {"inbox \"a b\"", "INBOX \"a b\""}, {"a", "", "a space is expected"}});
  check_grammar<StatusArgs>({
      {"inbox (messages UNSEEN)", "INBOX (MESSAGES UNSEEN)"},
      {"a (MESSAGES RECENT UIDNEXT UIDVALIDITY UNSEEN)"},
      {"a (UNSEEN UNSEEN)", "a (UNSEEN)"},
      {"a ()", "", "unknown status item \"\""},
      {"a (FOO)", "", "unknown status item \"FOO\""},
      {"a MESSAGES", "", "'(' is expected"},
  });
}

TEST_CASE("command_args: APPEND up to its literal") {
  check_grammar<AppendArgs>({
      {"a {310}"},
      {"a {310+}"},
      {"a ~{310}"},
      {"a (\\Seen $x) {5}"},
      {"a () {5}", "a {5}"},
      {"a \"17-Jul-1996 02:44:25 -0700\" {5}"},
      {"a (\\Seen) \"17-Jul-1996 02:44:25 -0700\" {5}"},
      {"{1}\r\na {5}", "a {5}"},
      {"a \"17-Jul-1996 02:44:25 -0700\" (\\Seen) {5}", "", "'{' is expected"},
      {"{5}", "", "\"\r\n\" is expected"},
      {"a", "", "a space is expected"},
      {"a (\\Seen) UTF8 (~{5}"},
      {"a utf8 (~{5+}", "a UTF8 (~{5+}"},
      {"a UTF8 ({5}", "", "UTF8 takes a literal8"},
      {"a UTF8 ~{5}", "", "'(' is expected"},
      {"a x", "", "a literal is expected"},
      {"a {5}\r\nhello", "", "unexpected text after the end: \"\\x0d\\x0ahello\""},
  });
}

TEST_CASE("command_args: COPY and STORE") {
  check_grammar<CopyArgs>({
      {"1:3,5 a"},
      {"2:* inbox", "2:* INBOX"},
      {"a a", "", "a number is expected"},
      {"1", "", "a space is expected"},
  });
  check_grammar<StoreFlags>({
      {"FLAGS ()"},
      {"flags.silent (\\seen)", "FLAGS.SILENT (\\Seen)"},
      {"+FLAGS (\\Deleted)"},
      {"-FLAGS.SILENT \\Deleted a", "-FLAGS.SILENT (\\Deleted a)"},
      {"FLAGS", "", "a space is expected"},
      {"FLAGS ", "", "an atom is expected"},
      {"*FLAGS ()", "", "FLAGS or FLAGS.SILENT is expected"},
      {"+FLAGS.LOUD ()", "", "FLAGS or FLAGS.SILENT is expected"},
      {"FLAGS () a", "", "unexpected text after the end: \" a\""},
  });
}
