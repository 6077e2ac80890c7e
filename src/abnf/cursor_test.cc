#include "abnf/cursor.h"

#include <doctest/doctest.h>

using namespace posthorn;
using abnf::Cursor;

TEST_CASE("cursor: reads as the grammar does and keeps the first error") {
  Cursor c("COPY 2:4 x");
  c.require_text("copy");
  c.require_char(' ');
  CHECK(c.number<std::uint32_t>() == 2);
  CHECK(c.try_char(':'));
  CHECK(c.number<std::uint32_t>() == 4);
  CHECK(c.ok());
  c.require_char('!');
  CHECK(c.error() == "'!' is expected");
  CHECK(c.error_at() == 8);
  c.fail("later");
  CHECK(c.error() == "'!' is expected");
  CHECK(c.take(1).empty());
  CHECK(c.number<std::uint32_t>() == 0);
  CHECK(c.result(1).error().code == Code::syntax);
}

TEST_CASE("cursor: ends are errors, not reads beyond") {
  Cursor c("ab");
  CHECK(c.take(3).empty());
  CHECK_FALSE(c.ok());
  Cursor empty("");
  CHECK(empty.peek() == '\0');
  CHECK(empty.any_char() == '\0');
  CHECK_FALSE(empty.ok());
  Cursor big("99999999999");
  CHECK(big.number<std::uint32_t>() == 0);
  CHECK(big.error() == "the number is too large");
}
