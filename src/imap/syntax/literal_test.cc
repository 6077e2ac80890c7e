#include "imap/syntax/literal.h"

#include <doctest/doctest.h>

using namespace posthorn;
using namespace posthorn::imap;

TEST_CASE("literal: what the end of a line announces") {
  struct Row {
    std::string_view line;
    std::string_view announced;  // "" nothing, else as printed
    std::string_view error = "";
  };
  const Row rows[] = {
      {"", ""},
      {"a NOOP", ""},
      {"a LOGIN x \"{5}\"", ""},
      {"a b}", ""},
      {"{5} ", ""},
      {"a LOGIN {5}", "{5}"},
      {"a LOGIN {5+}", "{5+}"},
      {"a APPEND x ~{0}", "~{0}"},
      {"a LOGIN {00005}", "{5}"},
      {"a LOGIN {1} {4294967296}", "{4294967296}"},
      {"a LOGIN {9223372036854775807+}", "{9223372036854775807+}"},
      {"a LOGIN {9223372036854775808}", "", "the number is too large"},
      {"a LOGIN {99999999999999999999+}", "", "the number is too large"},
      {"a LOGIN {-1}", "", "a number is expected"},
      {"a LOGIN {}", "", "a number is expected"},
      {"a LOGIN {+}", "", "a number is expected"},
      {"a LOGIN {5-}", "", "'}' is expected"},
      {"a LOGIN {5++}", "", "'}' is expected"},
      {"a LOGIN {5 }", "", "'}' is expected"},
      {"a LOGIN {5}}", "", "unexpected text after the end: \"}\""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.line);
    const auto announced = announced_literal(row.line);
    CHECK((announced ? std::string() : announced.error().text) == row.error);
    if (!announced) continue;
    std::string out;
    if (*announced) (*announced)->print(out);
    CHECK(out == row.announced);
  }
  CHECK(announced_literal("{5}").value()->synchronising);
  CHECK_FALSE(announced_literal("{5+}").value()->synchronising);
  CHECK(announced_literal("~{5}").value()->binary);
}
