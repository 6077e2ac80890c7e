#include "codec/crc32c.h"

#include <doctest/doctest.h>

#include <string>

#include "base/random.h"

using namespace posthorn;
using namespace posthorn::codec;

TEST_CASE("crc32c: RFC 3720 B.4 and the check value") {
  CHECK(crc32c("123456789") == 0xe3069283);
  CHECK(crc32c(std::string(32, '\0')) == 0x8a9136aa);
  CHECK(crc32c(std::string(32, '\xff')) == 0x62a8ab43);
  CHECK(crc32c("") == 0);
}

TEST_CASE("crc32c: instruction and tables agree, and pieces make no difference") {
  SeededRandom random(7);
  std::string bytes;
  for (int i = 0; i < 100; ++i) {
    CHECK(crc32c(bytes) == crc32c_by_tables(bytes));
    const std::size_t cut = random.below(bytes.size() + 1);
    const std::string_view view = bytes;
    CHECK(crc32c(view.substr(cut), crc32c(view.substr(0, cut))) == crc32c(bytes));
    bytes += static_cast<char>(random.below(256));
  }
}
