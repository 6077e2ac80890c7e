#include "imap/syntax/sequence_set.h"

#include <doctest/doctest.h>

#include "imap/syntax/grammar_test.h"

using namespace posthorn;
using namespace posthorn::imap;

TEST_CASE("sequence_set: normalised while it is read") {
  check_grammar<SequenceSet>({
      {"1"},
      {"*"},
      {"$"},
      {"5:*"},
      {"4294967295"},
      {"1:3,5,7:9"},
      {"*:5", "5:*"},
      {"*:*", "*"},
      {"9,8,7,1", "1,7:9"},
      {"3:1,2:4", "1:4"},
      {"2,4:7,9,12:*"},
      {"5:*,9:*,*,1", "1,5:*"},
      {"1:4294967295"},
      {"2,$"},
      {"*,$"},
      {"$,2", "", "unexpected text after the end: \",2\""},
      {"", "", "a number is expected"},
      {"0", "", "a number above zero is expected"},
      {"1:0", "", "a number above zero is expected"},
      {"1,", "", "a number is expected"},
      {"1:", "", "a number is expected"},
      {"1::2", "", "a number is expected"},
      {"1:2:3", "", "unexpected text after the end: \":3\""},
      {"4294967296", "", "the number is too large"},
      {"-1", "", "a number is expected"},
      {"1 ,2", "", "unexpected text after the end: \" ,2\""},
  });
}

static std::string resolved(std::string_view text, std::uint32_t largest) {
  std::string out;
  parse_whole<SequenceSet>(text).value().resolve(Uid(largest)).print(out);
  return out;
}

TEST_CASE("sequence_set: resolved against the largest number there is") {
  CHECK(resolved("1:3,5", 9) == "1:3,5");
  CHECK(resolved("1:3,5", 2) == "1:2");
  CHECK(resolved("1:4294967295", 4) == "1:4");
  CHECK(resolved("*", 7) == "7");
  CHECK(resolved("*", 0) == "");
  CHECK(resolved("5:*", 0) == "");
  CHECK(resolved("5:*", 3) == "3");
  CHECK(resolved("5:*", 8) == "5:8");
  CHECK(resolved("1:2,6,5:*", 8) == "1:2,5:8");
  CHECK(resolved("*,4294967295", 4294967295) == "4294967295");
}

TEST_CASE("sequence_set: contains agrees with resolve") {
  for (const auto text : {"1", "*", "5:*", "2:4,6", "9:*,3", "1:*", "12"})
    for (std::uint32_t largest = 0; largest < 12; ++largest) {
      const auto set = parse_whole<SequenceSet>(text).value();
      for (std::uint32_t n = 0; n < 14; ++n)
        CHECK(set.contains(Msn(n), Msn(largest)) == set.resolve(Msn(largest)).contains(Msn(n)));
    }
}

TEST_CASE("sequence_set: what a command asks of it") {
  CHECK(parse_whole<SequenceSet>("3:9,2").value().largest_written() == 9);
  CHECK(parse_whole<SequenceSet>("3:*").value().largest_written() == 0);
  CHECK(parse_whole<SequenceSet>("$").value().uses_saved_result());
  CHECK_FALSE(parse_whole<SequenceSet>("*").value().uses_saved_result());
  UidSet uids;
  uids.add(Uid(3));
  CHECK(printed(SequenceSet(uids), NameEncoding::utf8) == "3");
}
