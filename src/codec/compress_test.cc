#include "codec/compress.h"

#include <doctest/doctest.h>

using namespace posthorn;
using namespace posthorn::codec;

TEST_CASE("compress: what goes in comes out, within the limit") {
  for (const auto& bytes : {std::string(), std::string("a"), std::string(100'000, 'x')}) {
    for (const int level : {kFastLevel, kSmallLevel}) {
      const auto small = zstd_compress(bytes, level);
      CHECK(zstd_decompress(small, bytes.size()).value() == bytes);
    }
  }
  CHECK(zstd_compress(std::string(100'000, 'x')).size() < 1000);
  CHECK(zstd_decompress(zstd_compress("four"), 3).error().code == Code::too_big);
}

TEST_CASE("compress: damaged bytes are an error, whatever they are") {
  const auto good = zstd_compress(std::string(1000, 'a') + "bcdefgh");
  for (std::size_t n = 0; n < good.size(); ++n) CHECK_FALSE(zstd_decompress(good.substr(0, n), 10'000));
  CHECK(zstd_decompress(good + "x", 10'000).error().code == Code::damaged);
  CHECK(zstd_decompress(good + good, 10'000).error().code == Code::damaged);
  CHECK(zstd_decompress("not zstd at all", 10'000).error().code == Code::damaged);
}
