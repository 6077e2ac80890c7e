#include "codec/utf7.h"

#include <doctest/doctest.h>

#include <vector>

using namespace posthorn;
using namespace posthorn::codec;

TEST_CASE("utf7: both ways") {
  struct Row {
    std::string_view utf8, utf7;
  };
  for (const auto& [utf8, utf7] :
       std::vector<Row>{{"", ""},
                        {"INBOX", "INBOX"},
                        {"a&b", "a&-b"},
                        {"&&", "&-&-"},
                        {"~peter/mail/\u53f0\u5317/\u65e5\u672c\u8a9e", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"},
                        {"Entw\u00fcrfe", "Entw&APw-rfe"},
                        {"\u00e4&\u00f6", "&AOQ-&-&APY-"},
                        {"\u00e4-\u00f6", "&AOQ--&APY-"},
                        {"\U0001f600", "&2D3eAA-"},
                        {"a\tb", "a&AAk-b"},
                        {"\u4e2d\u6587\u5b57", "&Ti1lh1tX-"}}) {
    CHECK(utf7_encode(utf8) == utf7);
    CHECK_MESSAGE(utf7_decode(utf7).value_or("?") == utf8, utf7);
  }
  CHECK(utf7_encode("a\xff"
                    "b") == "a&,,0-b");
}

TEST_CASE("utf7: decoding refuses all but the canonical form") {
  for (const std::string_view bad : {
           "&",  // not closed
           "&AOQ",
           "&Jjo!",               // not closed, foreign byte
           "&U,BTFw-&ZeVnLIqe-",  // superfluous shift, RFC 3501 5.1.3
           "&AGE-",
           "&AOQAYQ-",  // printable ASCII in a shift
           "&ACY-",     // '&' in a shift
           "&AOR-",
           "&AOQA-",  // unused bits, a unit cut short
           "&A-",
           "&AA-",  // no unit at all
           "&2D0-",
           "&2D0A5A-",  // a high surrogate alone, or before something else
           "&3gA-",
           "&3gDYPQ-",  // a low surrogate first
           "&AOQ=-",
           "&AO/-",  // padding, the alphabet of base64
           "\xc3\xa4",
           "a\x01",
           "\x7f",
       })
    CHECK_MESSAGE(!utf7_decode(bad), bad);
}
