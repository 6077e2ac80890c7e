#include "codec/unicode.h"

#include <doctest/doctest.h>

#include <vector>

using namespace posthorn::codec;

TEST_CASE("unicode: UTF-8 is valid or mended, RFC 3629 3") {
  struct Row {
    std::string_view bytes, mended;
  };
  for (const auto& [bytes, mended] : std::vector<Row>{{"", ""},
                                                      {"plain ascii, long enough", "plain ascii, long enough"},
                                                      {"\u00e4\u20ac\U0001f600", "\u00e4\u20ac\U0001f600"},
                                                      {"a\x80z", "a\uFFFDz"},
                                                      {"\xc3", "\uFFFD"},
                                                      {"\xc0\xaf", "\uFFFD\uFFFD"},            // overlong
                                                      {"\xed\xa0\x80", "\uFFFD\uFFFD\uFFFD"},  // surrogate
                                                      {"\xf4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD"},
                                                      {"\xf0\x9f\x98z", "\uFFFDz"},
                                                      {"\xe2\x82", "\uFFFD"},
                                                      {"12345678\xffq", "12345678\uFFFDq"}}) {
    CHECK(is_valid_utf8(bytes) == (bytes == mended));
    CHECK(to_valid_utf8(bytes) == mended);
    CHECK(is_valid_utf8(to_valid_utf8(bytes)));
  }
}

TEST_CASE("unicode: cutting keeps code points whole") {
  CHECK(cut_utf8("a\u20ac", 3) == "a");
  CHECK(cut_utf8("a\u20ac", 4) == "a\u20ac");
  CHECK(cut_utf8("\u20ac", 2).empty());
}

TEST_CASE("unicode: normal form and fold") {
  CHECK(to_nfc("A\u0308") == "\u00c4");
  CHECK(to_nfc("abc") == "abc");
  CHECK(to_nfc("\xff") == "\uFFFD");
  CHECK(fold_for_search("Hello") == "HELLO");
  CHECK(fold_for_search("\u00e4") == fold_for_search("A\u0308"));
  CHECK(fold_for_search("\u03c3") == fold_for_search("\u03a3"));
  CHECK(fold_for_search("\ufb01n") == "FIN");
  CHECK(fold_for_search("\U0001f600x") == "\U0001f600X");
  CHECK(fold_for_search("\xff") == "\uFFFD");
  CHECK(to_nfc("\U0001d15e") == to_nfc("\U0001d157\U0001d165"));
}
