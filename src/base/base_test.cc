#include <doctest/doctest.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "base/text.h"

using namespace posthorn;

TEST_CASE("text: ASCII folding leaves other bytes alone") {
  CHECK(iequals("InBoX", "iNbOx"));
  CHECK_FALSE(iequals("\xC3\x84", "\xC3\xA4"));
  CHECK(ifind("Content-TYPE: x", "type") == 8);
  CHECK(ifind("abc", "x") == std::string_view::npos);
  CHECK(ifind("abc", "") == 0);
  CHECK(split("a,,b", ',') == std::vector<std::string_view>{"a", "", "b"});
  CHECK(trim(" \t a b\r\n") == "a b");
}

TEST_CASE("text: decimals are whole, unsigned and in range") {
  CHECK(parse_decimal<std::uint32_t>("4294967295") == 4294967295u);
  CHECK_FALSE(parse_decimal<std::uint32_t>("4294967296"));
  CHECK_FALSE(parse_decimal<int>("-1"));
  CHECK_FALSE(parse_decimal<int>("+1"));
  CHECK_FALSE(parse_decimal<int>("1 "));
  CHECK_FALSE(parse_decimal<int>(""));
}

TEST_CASE("text: printable hides controls and cuts") {
  CHECK(printable("a\r\nb\xff") == "a\\x0d\\x0ab\\xff");
  CHECK(printable("abcdef", 3) == "abc...");
}

TEST_CASE("text: hexadecimal is read back, of either case, in whole bytes") {
  CHECK(to_hex(std::string("\0\xff\x1a", 3)) == "00ff1a");
  CHECK(from_hex("00fF1A") == std::string("\0\xff\x1a", 3));
  CHECK(from_hex("") == "");
  CHECK(from_hex("0").error().code == Code::syntax);
  CHECK(from_hex("0g").error().code == Code::syntax);
}

TEST_CASE("bytes: what is put is read back, and a short read fails for good") {
  std::string s;
  put_u8(s, 7);
  put_u32(s, 0xdeadbeef);
  put_u64(s, 1ull << 63);
  put_varint(s, 0xffffffffffffffffull);
  put_varint(s, 0);
  put_string(s, "hello");
  ByteReader r(s);
  CHECK(r.u8() == 7);
  CHECK(r.u32() == 0xdeadbeef);
  CHECK(r.u64() == 1ull << 63);
  CHECK(r.varint() == 0xffffffffffffffffull);
  CHECK(r.varint() == 0);
  CHECK(r.string() == "hello");
  CHECK(r.ok());
  CHECK(r.at_end());
  CHECK(r.u8() == 0);
  CHECK_FALSE(r.ok());
  ByteReader lying(std::string_view("\xff\xff\xff\xff\xff\xff\xff\xff\x7fxx", 11));
  CHECK(lying.string().empty());
  CHECK_FALSE(lying.ok());
}

TEST_CASE("clock: stands still while turned") {
  {
    TurnedClock clock(from_seconds(1'000'000));
    const auto wall = wall_now();
    const auto steady = steady_now();
    clock.advance(std::chrono::seconds(5));
    CHECK(wall_now() - wall == std::chrono::seconds(5));
    CHECK(steady_now() - steady == std::chrono::seconds(5));
    clock.jump_wall(std::chrono::seconds(-60));
    CHECK(wall_now() < wall);
    CHECK(steady_now() - steady == std::chrono::seconds(5));
  }
  CHECK_FALSE(clock_is_turned());
}

TEST_CASE("random: seeded numbers repeat, system ones do not") {
  SeededRandom a(1), b(1);
  CHECK(a.next() == b.next());
  CHECK(random_bytes(16) != random_bytes(16));
  CHECK(random_name(20).size() == 20);
}

TEST_CASE("result: every code has a name, and fail carries it") {
  const Result<int> r = fail(Code::full_disk, "no space");
  CHECK(r.error().code == Code::full_disk);
  CHECK(is_temporary(r.error().code));
  for (int i = 0; i <= static_cast<int>(Code::internal); ++i) CHECK(name_of(static_cast<Code>(i)) != "unknown");
}
