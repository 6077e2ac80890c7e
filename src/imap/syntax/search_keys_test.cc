#include "imap/syntax/search_keys.h"

#include <doctest/doctest.h>

#include "imap/syntax/grammar_test.h"

using namespace posthorn;
using namespace posthorn::imap;

TEST_CASE("search_keys: every key") {
  check_grammar<SearchKeys>({
      {" ALL"},
      {" ANSWERED DELETED DRAFT FLAGGED NEW OLD RECENT SEEN"},
      {" UNANSWERED UNDELETED UNDRAFT UNFLAGGED UNSEEN"},
      {" BCC a BODY \"b c\" CC \"\" FROM d SUBJECT {3}\r\n\xff\xfe\xfd TEXT e TO f"},
      {" BEFORE 1-Feb-1994 ON \"1-Feb-1994\"", " BEFORE 1-Feb-1994 ON 1-Feb-1994"},
      {" SENTBEFORE 1-Feb-1994 SENTON 1-Feb-1994 SENTSINCE 1-Feb-1994 SINCE 01-Feb-1994",
       " SENTBEFORE 1-Feb-1994 SENTON 1-Feb-1994 SENTSINCE 1-Feb-1994 SINCE 1-Feb-1994"},
      {" HEADER Message-ID \"\" HEADER \"x y\" z"},
      {" KEYWORD $Forwarded UNKEYWORD Junk"},
      {" LARGER 0 SMALLER 9223372036854775807"},
      {" UID 5:* 1:3,9 * $"},
      {" MODSEQ 620162338"},
      {" MODSEQ \"/flags/\\\\draft\" all 620162338", " MODSEQ 620162338"},
      {" NOT SEEN OR SEEN NOT DELETED"},
      {" OR OR SEEN DRAFT (FLAGGED FROM a)"},
      {" (SEEN) ((ALL NOT (OLD)) NEW)"},
      {" NOT (SUBJECT {2}\r\n\xc3( SEEN) ALL"},
      {" charset UTF-8 subject {2}\r\n\xc3\xa4", " CHARSET UTF-8 SUBJECT {2}\r\n\xc3\xa4"},
      {" CHARSET \"US-ASCII\" ALL", " CHARSET US-ASCII ALL"},
  });
}

TEST_CASE("search_keys: errors") {
  check_grammar<SearchKeys>({
      {"", "", "a space is expected"},
      {" ", "", "unknown search key \"\""},
      {" FOO", "", "unknown search key \"FOO\""},
      {" CHARSET UTF-8", "", "a space is expected"},
      {" ALL ", "", "unknown search key \"\""},
      {" ()", "", "unknown search key \"\""},
      {" (ALL", "", "')' is expected"},
      {" ALL)", "", "unexpected text after the end: \")\""},
      {" NOT", "", "a space is expected"},
      {" OR SEEN", "", "a space is expected"},
      {" FROM", "", "a space is expected"},
      {" HEADER x", "", "a space is expected"},
      {" KEYWORD \"a\"", "", "an atom is expected"},
      {" KEYWORD \\Seen", "", "an atom is expected"},
      {" BEFORE yesterday", "", "a date is expected"},
      {" LARGER -1", "", "a number is expected"},
      {" MODSEQ \"/flags/x\" 1", "", "a space is expected"},
      {" UID x", "", "a number is expected"},
      {" 0", "", "a number above zero is expected"},
  });
  CHECK(parse_whole<SearchKeys>(" CHARSET " + std::string(65, 'x') + " ALL").error().text ==
        "the name of the charset is too long");
}

TEST_CASE("search_keys: the tree is flat") {
  const auto search = parse_whole<SearchKeys>(" OR SEEN (DRAFT NOT NEW) ALL").value();
  struct Row {
    SearchOp op;
    std::uint32_t end;
  };
  const Row rows[] = {{SearchOp::all_of, 8}, {SearchOp::one_of, 7},  {SearchOp::seen, 3},         {SearchOp::all_of, 7},
                      {SearchOp::draft, 5},  {SearchOp::none_of, 7}, {SearchOp::new_messages, 7}, {SearchOp::all, 8}};
  REQUIRE(search.keys.size() == std::size(rows));
  for (std::size_t i = 0; i < std::size(rows); ++i) {
    CHECK(search.keys[i].op == rows[i].op);
    CHECK(search.keys[i].end == rows[i].end);
  }
}

TEST_CASE("search_keys: bounds") {
  const auto repeat = [](std::string_view text, int n) {
    std::string out;
    for (int i = 0; i < n; ++i) out += text;
    return out;
  };
  CHECK(parse_whole<SearchKeys>(" " + repeat("NOT ", 49) + "ALL").has_value());
  CHECK(parse_whole<SearchKeys>(" " + repeat("NOT ", 50) + "ALL").error().text == "the search keys nest too deeply");
  CHECK(parse_whole<SearchKeys>(" " + repeat("OR ALL ", 50) + "ALL").error().text == "the search keys nest too deeply");
  CHECK(parse_whole<SearchKeys>(" " + repeat("(", 9999)).error().text == "the search keys nest too deeply");
  CHECK(parse_whole<SearchKeys>(repeat(" ALL", 999)).has_value());
  CHECK(parse_whole<SearchKeys>(repeat(" ALL", 1000)).error().text == "too many search keys");
}
