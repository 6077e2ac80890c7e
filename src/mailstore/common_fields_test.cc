#include "mailstore/common_fields.h"

#include <doctest/doctest.h>

#include "message/header.h"

using namespace posthorn::mailstore;
namespace message = posthorn::message;

namespace {

/// As select_header_fields would print them.
std::string literal_of(const std::string& header, const std::vector<std::string>& names) {
  const auto chosen = message::select_header_fields(header, names, message::Fields::of_names);
  return "{" + std::to_string(chosen.size()) + "}\r\n" + chosen;
}

}  // namespace

TEST_CASE("common_fields: names are known in any case, and only if all are") {
  CHECK(common_fields_of({"Subject", "FROM"}) == common_fields_of({"from", "sUBJECT", "From"}));
  CHECK(common_fields_of({"from"}) != common_fields_of({"to"}));
  CHECK_FALSE(common_fields_of({"from", "X-Unheard-Of"}));
  CHECK_FALSE(common_fields_of({""}));
}

TEST_CASE("common_fields: told as the header section is") {
  const std::string headers[] = {
      "",
      "\r\n",
      "From: a\r\n\r\n",
      "from: a\nSubject: b\n\n",
      "Subject: folded\r\n here\r\nX-Other: x\r\nSubject: two\r\n\r\n",
      "no field\r\nTo: a\r\n\r\n",
      "To: " + std::string(70'000, 'x') + "\r\n\r\n",
      "To: unended",
  };
  for (const auto& header : headers)
    for (const auto& names : std::vector<std::vector<std::string>>{{"subject"}, {"From", "To"}, {"Date"}}) {
      CAPTURE(header.substr(0, 50));
      std::string out = "before ";
      CHECK(print_common_fields(out, encode_common_fields(header), *common_fields_of(names)));
      CHECK(out == "before " + literal_of(header, names));
    }
}

TEST_CASE("common_fields: too many are not kept, and damaged ones not printed") {
  std::string many;
  for (int i = 0; i < 256; ++i) many += "To: a\r\n";
  CHECK(encode_common_fields(many).empty());
  const auto whole = encode_common_fields("To: a\r\nCc: b\r\n\r\n");
  std::string out;
  for (std::size_t n = 0; n < whole.size(); ++n)
    CHECK_FALSE(print_common_fields(out, whole.substr(0, n), *common_fields_of({"to"})));
  CHECK_FALSE(print_common_fields(out, whole + "x", *common_fields_of({"to"})));
  CHECK(out.empty());
}
