#include "message/mime_tree.h"

#include <doctest/doctest.h>

#include "base/random.h"
#include "message/parser.h"

using namespace posthorn;
using namespace posthorn::message;

static MimeTree sample() {
  return parse(
             "Content-Type: multipart/mixed; boundary=b; name*=utf-8''%C3%A4\n\n--b\nContent-Language: de, en\n"
             "Content-Disposition: inline; filename=x\nContent-Description: d\nContent-MD5: m\nContent-Location: "
             "l\n\n1\n"
             "--b\nContent-Type: message/rfc822\nContent-ID: <i>\n\nContent-Transfer-Encoding: 8bit\n\n2\n--b--\n")
      .tree;
}

TEST_CASE("mime_tree: children are counted from 1") {
  const auto tree = sample();
  CHECK(tree.child(0, 1) == 1);
  CHECK(tree.child(0, 2) == 2);
  CHECK(tree.child(0, 3) == kNoPart);
  CHECK(tree.child(0, 0) == kNoPart);
  CHECK(tree.child(1, 1) == kNoPart);
  CHECK(tree.child(2, 1) == 3);
  CHECK(tree.has_message_header(0));
  CHECK_FALSE(tree.has_message_header(2));
  CHECK(tree.has_message_header(3));
}

TEST_CASE("mime_tree: the stored form comes back, and damage is found or harmless") {
  const auto tree = sample();
  const auto bytes = encode(tree);
  CHECK(decode_mime_tree(bytes).value() == tree);
  CHECK(encode(parse("\n").tree).size() < 12);
  for (std::size_t n = 0; n < bytes.size(); ++n) CHECK_FALSE(decode_mime_tree(bytes.substr(0, n)));
  CHECK(decode_mime_tree(bytes + "x").error().code == Code::damaged);
  CHECK(decode_mime_tree("\x02").error().code == Code::not_supported);
  SeededRandom random(5);
  for (int n = 0; n < 5000; ++n) {
    auto bad = bytes;
    bad[random.below(bad.size())] = static_cast<char>(random.below(256));
    const auto decoded = decode_mime_tree(bad);
    if (!decoded) continue;
    for (const auto& part : decoded->parts) {
      CHECK(part.header_start <= part.body_start);
      CHECK(part.body_start <= part.body_end);
      CHECK(part.body_end <= decoded->size);
    }
  }
}
