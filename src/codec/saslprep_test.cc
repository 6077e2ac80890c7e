#include "codec/saslprep.h"

#include <doctest/doctest.h>

using namespace posthorn;

TEST_CASE("saslprep: the examples of RFC 4013 3, and more") {
  struct Case {
    std::string in;
    const char* out;  // null: refused
  };
  const Case cases[] = {
      {"I\u00adX", "IX"},
      {"user", "user"},
      {"USER", "USER"},
      {"\u00aa", "a"},
      {"\u2168", "IX"},
      {"\x07", nullptr},
      {"\u0627\x31", nullptr},
      {"", ""},
      {"p\u00a0q", "p q"},
      {"a\u0308", "\u00e4"},
      {"\ufdfa", "\u0635\u0644\u0649 \u0627\u0644\u0644\u0647 \u0639\u0644\u064a\u0647 \u0648\u0633\u0644\u0645"},
      {"\xff", nullptr},
      {"\ue000", nullptr},
      {"a\x7f", nullptr},
      {"\U0001f600", "\U0001f600"},  // unassigned in Unicode 3.2
      {std::string(5000, 'x'), nullptr},
  };
  for (const Case& c : cases) {
    const auto out = codec::saslprep(c.in);
    CAPTURE(c.in);
    CHECK(out.has_value() == (c.out != nullptr));
    if (out && c.out != nullptr) CHECK(*out == c.out);
  }
}
