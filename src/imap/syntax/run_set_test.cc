#include "imap/syntax/run_set.h"

#include <doctest/doctest.h>

#include <set>

#include "imap/syntax/grammar_test.h"

using namespace posthorn;
using namespace posthorn::imap;

TEST_CASE("run_set: a uid-set by wire") {
  check_grammar<UidSet>({
      {"1"},
      {"1:3,5"},
      {"5,1:3", "1:3,5"},
      {"3:1", "1:3"},
      {"1:2,3:4", "1:4"},
      {"1:9,2:3", "1:9"},
      {"4294967294:4294967295,4294967295", "4294967294:4294967295"},
      {"*", "", "a number is expected"},
      {"1:*", "", "a number is expected"},
      {"0", "", "a number above zero is expected"},
      {"", "", "a number is expected"},
  });
}

TEST_CASE("run_set: agrees with a set of numbers") {
  std::uint32_t random = 12345;
  for (int round = 0; round < 50; ++round) {
    UidSet runs;
    std::set<std::uint32_t> numbers;
    for (int i = 0; i < 40; ++i) {
      random = random * 1664525 + 1013904223;
      const std::uint32_t first = 1 + (random >> 8) % 100;
      const std::uint32_t last = first + (random >> 20) % 4;
      runs.add(Uid(first), Uid(last));
      for (auto n = first; n <= last; ++n) numbers.insert(n);
    }
    std::set<std::uint32_t> visited;
    runs.for_each([&](Uid uid) { visited.insert(uid.value()); });
    CHECK(visited == numbers);
    CHECK(runs.size() == numbers.size());
    for (std::uint32_t n = 0; n < 110; ++n) CHECK(runs.contains(Uid(n)) == numbers.contains(n));
    CHECK(parse_whole<UidSet>(printed(runs, NameEncoding::utf8)) == runs);
  }
}

TEST_CASE("run_set: union, and the largest number") {
  UidSet a;
  a.add(Uid(4294967295));
  a.add(Uid(4294967295));
  UidSet b;
  b.add(Uid(1));
  b.add(Uid(2));
  a.add(b);
  CHECK(printed(a, NameEncoding::utf8) == "1:2,4294967295");
  int visits = 0;
  a.for_each([&](Uid) { ++visits; });
  CHECK(visits == 3);
  CHECK(a.size() == 3);
  CHECK(UidSet().empty());
  CHECK(printed(UidSet(), NameEncoding::utf8) == "");
}

TEST_CASE("run_set: what is in both, and what is in one alone") {
  std::uint32_t random = 1;
  const auto draw = [&](UidSet& set, std::set<std::uint32_t>& numbers) {
    for (int i = 0; i < 6; ++i) {
      random = random * 1664525 + 1013904223;
      const std::uint32_t first = 1 + (random >> 8) % 40, last = first + (random >> 20) % 6;
      set.add(Uid(first), Uid(last));
      for (auto n = first; n <= last; ++n) numbers.insert(n);
    }
  };
  for (int round = 0; round < 200; ++round) {
    UidSet a, b;
    std::set<std::uint32_t> in_a, in_b;
    draw(a, in_a);
    draw(b, in_b);
    const auto both = a.intersected(b), rest = a.without(b);
    for (std::uint32_t n = 1; n < 50; ++n) {
      CHECK(both.contains(Uid(n)) == (in_a.contains(n) && in_b.contains(n)));
      CHECK(rest.contains(Uid(n)) == (in_a.contains(n) && !in_b.contains(n)));
    }
    CHECK(both.size() + rest.size() == a.size());
  }
  UidSet all, end;
  all.add(Uid(1), Uid(4294967295));
  end.add(Uid(4294967290), Uid(4294967295));
  CHECK(printed(all.without(end), NameEncoding::utf8) == "1:4294967289");
  CHECK(all.intersected(end) == end);
  CHECK(end.without(all).empty());
}
