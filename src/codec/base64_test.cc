#include "codec/base64.h"

#include <doctest/doctest.h>

#include <vector>

#include "base/random.h"

using namespace posthorn;
using namespace posthorn::codec;

TEST_CASE("base64: RFC 4648 10 test vectors, both ways") {
  struct Row {
    std::string_view bytes, text;
  };
  for (const auto& [bytes, text] : std::vector<Row>{{"", ""},
                                                    {"f", "Zg=="},
                                                    {"fo", "Zm8="},
                                                    {"foo", "Zm9v"},
                                                    {"foob", "Zm9vYg=="},
                                                    {"fooba", "Zm9vYmE="},
                                                    {"foobar", "Zm9vYmFy"}}) {
    CHECK(base64_encode(bytes) == text);
    CHECK(base64_decode(text).value() == bytes);
  }
  CHECK(base64_encode("\xff\xfe\xfd") == "//79");
  CHECK(base64url_encode("\xff\xfe\xfd\xff") == "__79_w");
  CHECK(base64url_decode("__79_w").value() == "\xff\xfe\xfd\xff");
}

TEST_CASE("base64: strict decoding refuses what is not canonical") {
  for (const std::string_view bad : {"Z", "Zg", "Zg=", "Zg===", "=", "====", "Zh==", "Zm9=", "Zm9v\r\n", "Zm 9v",
                                     "Zg==Zg==", "Z===", "Zm9v====", "Z=g=", "__79"})
    CHECK_MESSAGE(!base64_decode(bad), bad);
  CHECK_FALSE(base64url_decode("Zg=="));
  CHECK_FALSE(base64url_decode("//79"));
}

static std::string decode_in_pieces(std::string_view text, std::size_t piece) {
  Base64Decoder decoder;
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += piece) decoder.feed(text.substr(i, piece), out);
  decoder.finish(out);
  return out;
}

TEST_CASE("base64: lenient decoding takes any bytes in any pieces") {
  struct Row {
    std::string_view text, bytes;
  };
  for (const auto& [text, bytes] : std::vector<Row>{{"Zm9v\r\nYmFy\r\n", "foobar"},
                                                    {" Z m 9 v !*Y\tg = = ", "foob"},
                                                    {"Zg==Zm9v", "ffoo"},
                                                    {"Zg", "f"},
                                                    {"Zm8", "fo"},
                                                    {"Zm9vY", "foo"},
                                                    {"====", ""},
                                                    {"", ""},
                                                    {"\xff\x80Zm\xc3\xa4"
                                                     "9v",
                                                     "foo"}})
    for (const std::size_t piece : {1, 2, 3, 5, 100}) CHECK(decode_in_pieces(text, piece) == bytes);
}

TEST_CASE("base64: lines are 76 columns, and pieces make no difference") {
  SeededRandom random(1);
  for (const std::size_t size : {0, 1, 2, 3, 56, 57, 58, 114, 1000}) {
    std::string bytes;
    for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(random.below(256));
    const auto lines = base64_encode_lines(bytes);
    for (const std::size_t piece : {1, 2, 3, 7, 57, 58}) {
      Base64Encoder encoder(Base64Encoder::Lines::of_76);
      std::string out;
      for (std::size_t i = 0; i < size; i += piece) encoder.feed(std::string_view(bytes).substr(i, piece), out);
      encoder.finish(out);
      CHECK(out == lines);
    }
    CHECK(lines.size() == (size + 2) / 3 * 4 + (size + 56) / 57 * 2);
    CHECK(decode_in_pieces(lines, 10) == bytes);
    CHECK(base64_decode(base64_encode(bytes)).value() == bytes);
  }
}
