#include "imap/syntax/mailbox_name.h"

#include <doctest/doctest.h>

#include "imap/syntax/grammar_test.h"

using namespace posthorn;
using namespace posthorn::imap;

TEST_CASE("mailbox_name: by modified UTF-7") {
  check_grammar<MailboxName>({
      {"INBOX"},
      {"inBox", "INBOX"},
      {"\"inbox\"", "INBOX"},
      {"inbox/x", "INBOX/x"},
      {"inboxes"},
      {"a/INBOX"},
      {"a/inbox"},
      {"{3}\r\nfoo", "foo"},
      {"\"a b\""},
      {"\"a%b\""},
      {".."},
      {"~peter/mail/&U,BTFw-/&ZeVnLIqe-"},
      {"R&-D"},
      {"Entw&APw-rfe"},
      {"NIL", "\"NIL\""},
      {"&AGE-", "", "the mailbox name is not modified UTF-7: a shift is not canonical UTF-7"},
      {"R&D", "", "the mailbox name is not modified UTF-7: a shift is not closed by '-'"},
      {"{2}\r\n\xc3\xa4", "", "the mailbox name is not modified UTF-7: a byte is not printable ASCII"},
      {"\"\"", "", "a mailbox name may not be empty"},
      {"/a", "", "a mailbox name may not have an empty level"},
      {"a/", "", "a mailbox name may not have an empty level"},
      {"a//b", "", "a mailbox name may not have an empty level"},
      {"/", "", "a mailbox name may not have an empty level"},
      {"&AAc-", "", "a mailbox name may not hold control characters"},
      {"&AIA-", "", "a mailbox name may not hold control characters"},
      {"&ICg-", "", "a mailbox name may not hold control characters"},
      {"(", "", "a string is expected"},
  });
}

TEST_CASE("mailbox_name: by UTF-8") {
  check_grammar<MailboxName>(
      {
          {"\"Entw\xc3\xbcrfe\""},
          {"{8}\r\nEntw\xc3\xbcrf", "\"Entw\xc3\xbcrf\""},
          {"\"Entwu\xcc\x88rfe\"", "\"Entw\xc3\xbcrfe\""},
          {"R&D"},
          {"&AGE-"},
          {"{1}\r\n\xe4", "", "the mailbox name is not UTF-8"},
          {"\"\xc2\x9f\"", "", "a mailbox name may not hold control characters"},
          {"\"\xe2\x80\xa9\"", "", "a mailbox name may not hold control characters"},
          {"\"a\tb\"", "", "a mailbox name may not hold control characters"},
      },
      NameEncoding::utf8);
}

TEST_CASE("mailbox_name: a bad name is refused, not a syntax error") {
  CHECK(parse_whole<MailboxName>("a//b").error().code == Code::invalid);
  CHECK(parse_whole<MailboxName>("&foo").error().code == Code::invalid);
  CHECK(parse_whole<MailboxName>("{5}").error().code == Code::syntax);
}

TEST_CASE("mailbox_name: bounds") {
  CHECK(MailboxName::from_utf8(std::string(1000, 'a')).has_value());
  CHECK(MailboxName::from_utf8(std::string(1001, 'a')).error().text == "the mailbox name is too long");
  std::string deep = "a";
  for (int i = 1; i < 50; ++i) deep += "/a";
  CHECK(MailboxName::from_utf8(deep).value().depth() == 50);
  CHECK(MailboxName::from_utf8(deep + "/a").error().text == "the mailbox name has too many levels");
}

TEST_CASE("mailbox_name: levels") {
  const auto name = [](std::string_view text) { return MailboxName::from_utf8(text).value(); };
  CHECK(MailboxName().is_inbox());
  CHECK(name("inbox/a").parent() == MailboxName());
  CHECK_FALSE(name("a").parent());
  CHECK(name("a/b/c").parent() == name("a/b"));
  CHECK(name("a/b/c").is_under(name("a")));
  CHECK_FALSE(name("ab/c").is_under(name("a")));
  CHECK_FALSE(name("a").is_under(name("a")));
  CHECK(name("a/b").depth() == 2);
  CHECK(name("\xc3\xa4").to_wire(NameEncoding::modified_utf7) == "&AOQ-");
  CHECK(name("\xc3\xa4").to_wire(NameEncoding::utf8) == "\xc3\xa4");
}

TEST_CASE("mailbox_name: CREATE drops one separator at the end") {
  const auto created = [](std::string_view text) {
    Lexer in(text);
    const auto name = MailboxName::parse_created(in);
    return in.ok() ? name.utf8() : in.error();
  };
  CHECK(created("a/") == "a");
  CHECK(created("a") == "a");
  CHECK(created("a//") == "a mailbox name may not have an empty level");
  CHECK(created("/") == "a mailbox name may not have an empty level");
  CHECK(created("\"\"") == "a mailbox name may not be empty");
}
