#include "message/encoded_word.h"

#include <doctest/doctest.h>

#include <vector>

#include "base/text.h"

using namespace posthorn;
using namespace posthorn::message;

TEST_CASE("encoded_word: decoding, with RFC 2047 8 and real life") {
  struct Row {
    std::string_view text, utf8;
  };
  for (const auto& [text, utf8] : std::vector<Row>{
           {"plain", "plain"},
           {"=?ISO-8859-1?Q?a?=", "a"},
           {"=?ISO-8859-1?Q?a?= b", "a b"},
           {"=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=", "ab"},
           {"=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=", "ab"},
           {"=?ISO-8859-1?Q?a?=\r\n    =?ISO-8859-1?Q?b?=", "ab"},
           {"=?ISO-8859-1?Q?a_b?=", "a b"},
           {"=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=", "a b"},
           {"=?utf-8?B?w6Q=?=", "\u00e4"},
           {"=?utf-8*de?b?w6Q?=", "\u00e4"},
           {"=?utf-8?Q?=C3?= =?UTF-8?Q?=A4?=", "\u00e4"},
           {"=?utf-8?B?ww==?= =?utf-8?Q?=A4?=", "\u00e4"},
           {"x=?utf-8?Q?y?=z", "xyz"},
           {"=?utf-8?Q?with raw space?=", "with raw space"},
           {"=?utf-8?Q?a?= =?", "a =?"},
           {"=?utf-8?X?a?=", "=?utf-8?X?a?="},
           {"=?utf-8?Q?a", "=?utf-8?Q?a"},
           {"=?=?utf-8?Q?a?=", "=?a"},
           {"=??Q?a?=", "=??Q?a?="},
           {"=?utf-8?Q?=0D=0Aa=00?=", "a"},
           {"=?utf-8?Q?"
            "?= x",
            " x"},
           {"caf\xe9", "caf\u00e9"},
           {"caf\u00e9", "caf\u00e9"},
           {"", ""},
       })
    CHECK_MESSAGE(decode_words(text) == utf8, text);
}

TEST_CASE("encoded_word: encoding is short words that come back") {
  CHECK(encode_words("plain text") == "plain text");
  CHECK(encode_words("caf\u00e9 au lait") == "=?utf-8?Q?caf=C3=A9_au_lait?=");
  CHECK(encode_words("=?x?=") == "=?utf-8?B?PT94Pz0=?=");
  std::string long_text;
  for (int i = 0; i < 40; ++i) long_text += i % 3 == 0 ? "\u65e5\u672c\u8a9e " : "word ";
  long_text.pop_back();
  const std::string latin = std::string(100, 'x') + "\u00e4" + std::string(100, 'y');
  for (const auto& text : {long_text, latin, std::string("\u65e5\u672c\u8a9e"), std::string("\u00e4")}) {
    const auto words = encode_words(text);
    CHECK(decode_words(words) == text);
    CHECK_FALSE(has_8bit(words));
    for (const auto word : split(words, ' ')) CHECK(word.size() <= 75);
  }
}
