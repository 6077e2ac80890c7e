#include "codec/charset.h"

#include <doctest/doctest.h>

#include <vector>

#include "codec/unicode.h"

using namespace posthorn::codec;

static std::string decode_in_pieces(std::string_view bytes, std::string_view charset, std::size_t piece) {
  CharsetDecoder decoder(charset);
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += piece) decoder.feed(bytes.substr(i, piece), out);
  decoder.finish(out);
  return out;
}

TEST_CASE("charset: to UTF-8, whatever the bytes, in any pieces") {
  struct Row {
    std::string_view charset, bytes, utf8;
  };
  for (const auto& [charset, bytes, utf8] : std::vector<Row>{
           {"utf-8", "a\u00e4\U0001f600", "a\u00e4\U0001f600"},
           {"UTF8", "\xff\x61",
            "\uFFFD"
            "a"},
           {"utf-8", "\xe2\x82", "\uFFFD"},
           {"iso-8859-1", "\xe4\x93", "\u00e4\u201c"},
           {"ISO-8859-15", "\xa4", "\u20ac"},
           {"windows-1251", "\xcf\xf0\xe8\xe2\xe5\xf2", "\u041f\u0440\u0438\u0432\u0435\u0442"},
           {"koi8-r", "\xf0", "\u041f"},
           {"shift_jis", "\x93\xfa\x96\x7b", "\u65e5\u672c"},
           {"iso-2022-jp", "\x1b$BF|K\\\x1b(B!", "\u65e5\u672c!"},
           {"gb2312", "\xd6\xd0", "\u4e2d"},
           {"big5", "\xa4\xa4", "\u4e2d"},
           {"euc-kr", "\xb0\xa1", "\uac00"},
           {"utf-7", "+AOQ-", "\u00e4"},
           {"utf-16", std::string_view("\xfe\xff\xd8\x3d\xde\x00", 6), "\U0001f600"},
           {"us-ascii", "plain", "plain"},
           {"us-ascii", "\u00e4", "\u00e4"},
           {"", "\xe4", "\u00e4"},
           {"x-unknown", "\x80\x81", "\u20ac\u0081"},
           {"no-such-charset", "\xe2\x82", "\u00e2\u201a"},
           {"unknown-8bit", "\uFFFD", "\uFFFD"},
       })
    for (const std::size_t piece : {1, 2, 3, 100})
      CHECK_MESSAGE(decode_in_pieces(bytes, charset, piece) == utf8, charset);
}

TEST_CASE("charset: output is always valid UTF-8") {
  std::string all;
  for (int i = 0; i < 256; ++i) all += {static_cast<char>(i), static_cast<char>(255 - i), static_cast<char>(i * 7)};
  for (const std::string_view charset :
       {"utf-8", "", "utf-16", "utf-16le", "utf-32", "iso-2022-jp", "iso-2022-kr", "hz-gb-2312", "utf-7", "gb18030",
        "shift_jis", "euc-jp", "windows-874", "ibm437", "imap-mailbox-name", "scsu", "bocu-1", "a,b", "\x01"})
    CHECK_MESSAGE(is_valid_utf8(charset_to_utf8(all, charset)), charset);
}

TEST_CASE("charset: names") {
  CHECK(is_known_charset("UTF-8"));
  CHECK(is_known_charset("us-ascii"));
  CHECK(is_known_charset("iso-8859-1"));
  CHECK(is_known_charset("KOI8-R"));
  CHECK_FALSE(is_known_charset("x-nonsense"));
  CHECK_FALSE(is_known_charset(""));
  CHECK_FALSE(is_known_charset("../x"));
  CHECK_FALSE(is_known_charset("utf-7,version=1"));
  CHECK_FALSE(is_known_charset(std::string(1000, 'a')));
}
