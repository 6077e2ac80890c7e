#include "message/rendition.h"

#include <doctest/doctest.h>

#include "codec/base64.h"
#include "message/parser.h"

using namespace posthorn;
using namespace posthorn::message;

namespace {

std::string binary_bytes(std::size_t n) {
  std::string bytes;
  for (std::size_t i = 0; i < n; ++i) bytes += static_cast<char>(i * 7 % 251);
  return bytes;
}

std::string two_parts(const std::string& first, const std::string& second) {
  return "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Transfer-Encoding: BINARY\r\n\r\n" + first +
         "\r\n--b\r\nContent-Transfer-Encoding: 8bit\r\n\r\ntext\r\n--b\r\nContent-Type: "
         "application/x\r\nContent-Transfer-Encoding:\r\n binary\r\n\r\n" +
         second + "\r\n--b--\r\n";
}

/// The told message, put together from the smallest ranges.
std::string tell(const std::string& bytes, const Rendition& rendition, std::uint64_t step) {
  std::string told;
  for (std::uint64_t at = 0; at < rendition.size();) {
    const auto& piece = rendition.piece_at(at);
    const auto taken = std::min(step, piece.told_start + piece.told_size - at);
    const auto source = Rendition::source_of(piece, at, taken);
    const auto from = std::string_view(bytes).substr(source.start, source.size);
    if (piece.is_base64) {
      std::string encoded;
      codec::Base64Encoder encoder(codec::Base64Encoder::Lines::of_76);
      encoder.feed(from, encoded);
      encoder.finish(encoded);
      told += encoded.substr(source.skipped, taken);
    } else {
      told += from;
    }
    at += taken;
  }
  return told;
}

}  // namespace

TEST_CASE("rendition: binary parts in base64, at every size and by every range") {
  for (const std::size_t size : {0, 1, 2, 3, 56, 57, 58, 113, 114, 115, 1000}) {
    CAPTURE(size);
    const auto bytes = two_parts(binary_bytes(size), binary_bytes(size / 2));
    const auto parsed = parse(bytes);
    CHECK(parsed.has_nul == (size > 0));
    REQUIRE(has_binary_part(parsed.tree));
    const Rendition rendition(parsed.tree);
    const auto whole = tell(bytes, rendition, bytes.size() * 2);
    CHECK(whole.size() == rendition.size());
    for (const std::uint64_t step : {1, 7, 78, 100}) CHECK(tell(bytes, rendition, step) == whole);
    // The words change as well, in place.
    auto mended = whole;
    for (std::size_t i = 0; i < parsed.tree.parts.size(); ++i) {
      const auto& part = rendition.tree().parts[i];
      if (part.encoding == parsed.tree.parts[i].encoding) continue;
      const auto word = find_binary_word(std::string_view(mended).substr(part.header_start));
      REQUIRE(word != std::string::npos);
      mended.replace(part.header_start + word, kBase64.size(), kBase64);
    }
    // What is told parses to the tree that was reckoned.
    const auto again = parse(mended);
    CHECK(again.tree == rendition.tree());
    CHECK(codec::base64_decode(mended.substr(again.tree.parts[1].body_start, again.tree.parts[1].body_size())).has_value() ==
          (size <= 57));
  }
}

TEST_CASE("rendition: in an enclosed message, and of the message itself") {
  const auto inner = "Content-Transfer-Encoding: binary\r\n\r\n" + binary_bytes(200);
  const auto bytes = "Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\nContent-Type: message/rfc822\r\n\r\n" +
                     inner + "\r\n--o--\r\n";
  for (const auto& message : {inner, bytes}) {
    const auto parsed = parse(message);
    const Rendition rendition(parsed.tree);
    auto told = tell(message, rendition, 5);
    const auto word = told.find("binary");
    told.replace(word, kBase64.size(), kBase64);
    CHECK(parse(told).tree == rendition.tree());
  }
}

TEST_CASE("rendition: the word is found in its field alone") {
  CHECK(find_binary_word("X-Note: binary\r\nContent-Transfer-Encoding: (x) Binary\r\n\r\n") == 47);
  CHECK(find_binary_word("X-Note: binary\r\n\r\n") == std::string_view::npos);
  CHECK(find_binary_word("") == std::string_view::npos);
}
