#include "codec/quoted_printable.h"

#include <doctest/doctest.h>

#include <vector>

#include "base/random.h"
#include "base/text.h"

using namespace posthorn;
using namespace posthorn::codec;

static std::string decode_in_pieces(std::string_view text, std::size_t piece) {
  QuotedPrintableDecoder decoder;
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += piece) decoder.feed(text.substr(i, piece), out);
  decoder.finish(out);
  return out;
}

TEST_CASE("quoted_printable: decoding takes anything, in any pieces") {
  struct Row {
    std::string_view text, bytes;
  };
  for (const auto& [text, bytes] : std::vector<Row>{
           {"", ""},
           {"plain\r\n", "plain\r\n"},
           {"a=C3=A4b",
            "a\u00e4"
            "b"},
           {"=c3=a4", "\u00e4"},
           {"soft=\r\nbreak", "softbreak"},
           {"soft=\nbreak", "softbreak"},
           {"soft= \t\r\nbreak", "softbreak"},
           {"trailing  \t\r\nx", "trailing\r\nx"},
           {"trailing  \nx", "trailing\nx"},
           {"end  ", "end"},
           {"a b", "a b"},
           {"a =3D", "a ="},
           {"=", ""},
           {"a=\r\n", "a"},
           {"a=\r", "a"},
           {"=4", "=4"},
           {"=4=41", "=4A"},
           {"=G1", "=G1"},
           {"==41", "=A"},
           {"=4G", "=4G"},
           {"= x", "= x"},
           {"=\rx", "=\rx"},
           {"a\rb", "a\rb"},
       })
    for (const std::size_t piece : {1, 2, 3, 100}) CHECK_MESSAGE(decode_in_pieces(text, piece) == bytes, text);
}

TEST_CASE("quoted_printable: long runs of white space are bounded and kept before text") {
  const std::string spaces(5000, ' ');
  CHECK(decode_in_pieces(spaces + "x", 7) == spaces + "x");
  CHECK(decode_in_pieces("=" + spaces + "x", 7) == "=" + spaces + "x");
}

TEST_CASE("quoted_printable: encoded lines are short and come back") {
  CHECK(quoted_printable_encode("a=\u00e4\nb \r\n") == "a=3D=C3=A4\r\nb=20\r\n");
  SeededRandom random(3);
  for (int n = 0; n < 200; ++n) {
    std::string bytes;
    for (std::uint64_t i = random.below(300); i > 0; --i) {
      const char c = "ab \t=\xc3\xa4\r.-"[random.below(11)];
      bytes += c == '\r' && random.one_in(2) ? 'x' : c;
    }
    const auto text = quoted_printable_encode(bytes);
    CHECK(decode_in_pieces(text, 5) == bytes);
    for (const auto line : split(text, '\n')) CHECK(line.size() <= 77);
  }
}
