// How the tests of imap/syntax check a type: a table of rows, each read whole, printed, read again, and cut short.
#pragma once

#include <doctest/doctest.h>

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "imap/syntax/lexer.h"

namespace posthorn::imap {

struct GrammarRow {
  std::string_view input;
  /// How it is printed; "" for just as the input is.
  std::string_view printed = "";
  /// The message of the error that is expected instead.
  std::string_view error = "";
};

template <class T>
std::string printed(const T& value, NameEncoding names) {
  std::string out;
  if constexpr (requires { value.print(out, names); }) {
    value.print(out, names);
  } else {
    value.print(out);
  }
  return out;
}

/// Feeds each beginning of `input` in memory of just that size, so that a sanitizer sees any read beyond it.
template <class Parse>
void cut_short(std::string_view input, Parse parse) {
  for (std::size_t n = 0; n < input.size(); ++n) {
    const std::unique_ptr<char[]> bytes(new char[n]);
    input.copy(bytes.get(), n);
    const auto result = parse(std::string_view(bytes.get(), n));
    CHECK((result.has_value() || !result.error().text.empty()));
  }
}

template <class T>
void check_grammar(std::initializer_list<GrammarRow> rows, NameEncoding names = NameEncoding::modified_utf7) {
  const auto parse = [&](std::string_view text) { return parse_whole<T>(text, names); };
  for (const auto& row : rows) {
    CAPTURE(row.input);
    const auto value = parse(row.input);
    CHECK((value ? std::string() : value.error().text) == row.error);
    cut_short(row.input, parse);
    if (!value) continue;
    const auto text = printed(*value, names);
    CHECK(text == (row.printed.empty() ? row.input : row.printed));
    const auto again = parse(text);
    CHECK((again && *again == *value));
  }
}

}  // namespace posthorn::imap
