#include "imap/syntax/list_pattern.h"

#include <doctest/doctest.h>

using namespace posthorn;
using namespace posthorn::imap;

static bool matches(std::string_view pattern, std::string_view name, std::string_view reference = "") {
  return ListPattern(reference, pattern).matches(MailboxName::from_utf8(name).value());
}

TEST_CASE("list_pattern: wildcards") {
  CHECK(matches("*", "a/b/c"));
  CHECK(matches("%", "a"));
  CHECK_FALSE(matches("%", "a/b"));
  CHECK(matches("%/%", "a/b"));
  CHECK_FALSE(matches("%/%", "a"));
  CHECK_FALSE(matches("%/%", "a/b/c"));
  CHECK(matches("a*", "a"));
  CHECK(matches("a*c", "a/b/c"));
  CHECK_FALSE(matches("a%c", "a/b/c"));
  CHECK(matches("a%c", "abbc"));
  CHECK(matches("%*", "a/b"));
  CHECK(matches("*%", "a/b"));
  CHECK(matches("*a%b/c", "xa/axb/c"));
  CHECK_FALSE(matches("", "a"));
  CHECK_FALSE(matches("a", "ab"));
  CHECK_FALSE(matches("ab", "a"));
  CHECK_FALSE(matches("A", "a"));
  CHECK(matches("\xc3\xa4%",
                "\xc3\xa4"
                "b"));
}

TEST_CASE("list_pattern: INBOX in any case") {
  CHECK(matches("inbox", "INBOX"));
  CHECK(matches("InB%", "INBOX"));
  CHECK(matches("inbox/%", "INBOX/a"));
  CHECK_FALSE(matches("inbox/A", "INBOX/a"));
  CHECK_FALSE(matches("a/INBOX", "a/inbox"));
  CHECK_FALSE(matches("INBOXES", "inboxes"));
}

TEST_CASE("list_pattern: the reference comes first") {
  CHECK(matches("%", "a/b", "a/"));
  CHECK_FALSE(matches("%", "b", "a/"));
  CHECK(matches("", "a", "a"));
}

TEST_CASE("list_pattern: any text, as it is") {
  const auto matches = [](std::string_view pattern, std::string_view text) {
    return ListPattern("", pattern).matches(text);
  };
  CHECK(matches("Lists/*", "Lists/a/b"));
  CHECK_FALSE(matches("Lists/%", "Lists/a/b"));
  CHECK(matches("Trash", "Trash"));
  CHECK_FALSE(matches("Trash", "Trash/old"));
  CHECK(matches("*old", "Trash/old"));
  CHECK_FALSE(matches("inbox", "INBOX"));
  CHECK(matches("\xff*", "\xff/../x"));
  CHECK(matches("*x%y", "x/xy"));
}

/// The definition, by backtracking.
static bool naive(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  const char p = pattern.front();
  if (p != '*' && p != '%') return !text.empty() && text.front() == p && naive(pattern.substr(1), text.substr(1));
  return naive(pattern.substr(1), text) ||
         (!text.empty() && (p == '*' || text.front() != '/') && naive(pattern, text.substr(1)));
}

TEST_CASE("list_pattern: agrees with its definition") {
  std::uint32_t random = 99;
  const auto next = [&](std::uint32_t n) {
    random = random * 1664525 + 1013904223;
    return (random >> 16) % n;
  };
  for (int i = 0; i < 20000; ++i) {
    std::string pattern, name = "a";
    for (auto n = next(8); n > 0; --n) pattern += "ab/*%"[next(5)];
    for (auto n = next(8); n > 0; --n) name += name.back() == '/' ? "ab"[next(2)] : "ab/"[next(3)];
    name += 'b';
    CAPTURE(pattern);
    CAPTURE(name);
    CHECK(matches(pattern, name) == naive(pattern, name));
  }
}

TEST_CASE("list_pattern: long patterns cost no more than their length") {
  std::string pattern;
  for (int i = 0; i < 500; ++i) pattern += "*a";
  CHECK_FALSE(matches(pattern, std::string(499, 'a') + "b"));
  CHECK(matches(pattern, std::string(500, 'a')));
  CHECK(matches(pattern, std::string(1000, 'a')));
  CHECK_FALSE(matches(pattern + "b", std::string(1000, 'a')));
}
