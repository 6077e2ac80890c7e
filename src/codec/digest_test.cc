#include "codec/digest.h"

#include <doctest/doctest.h>

#include <utility>

#include "base/text.h"

using namespace posthorn;
using namespace posthorn::codec;

TEST_CASE("digest: known values") {
  CHECK(to_hex(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(to_hex(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(to_hex(sha1("abc")) == "a9993e364706816aba3e25717850c26c9cd0d89d");
  CHECK(to_hex(digest(Hash::md5, "abc")) == "900150983cd24fb0d6963f7d28e17f72");
  for (const auto hash : {Hash::md5, Hash::sha1, Hash::sha256, Hash::sha512})
    CHECK(digest(hash, "x").size() == size_of(hash));
}

TEST_CASE("digest: pieces make no difference, and it begins anew") {
  Digest d(Hash::sha256);
  for (const char* piece : {"a", "", "bc"}) d.update(piece);
  CHECK(d.finish() == sha256("abc"));
  CHECK(d.finish() == sha256(""));
  d.update("ab");
  Digest moved = std::move(d);
  moved.update("c");
  CHECK(moved.finish() == sha256("abc"));
}

TEST_CASE("digest: HMAC of RFC 4231 4.3 and RFC 2202 3, PBKDF2 of RFC 6070 2") {
  CHECK(to_hex(hmac(Hash::sha256, "Jefe", "what do ya want for nothing?")) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(to_hex(hmac(Hash::sha1, "Jefe", "what do ya want for nothing?")) == "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  CHECK(to_hex(hmac(Hash::sha256, {}, {})) == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
  CHECK(to_hex(pbkdf2(Hash::sha1, "password", "salt", 2)) == "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957");
  CHECK(to_hex(pbkdf2(Hash::sha1, "password", "salt", 1)) == "0c60c80f961f0e71f3a9b524af6012062fe037a6");
}

TEST_CASE("digest: equality of secrets") {
  CHECK(equal_in_constant_time("abc", "abc"));
  CHECK_FALSE(equal_in_constant_time("abc", "abd"));
  CHECK_FALSE(equal_in_constant_time("abc", "ab"));
  CHECK(equal_in_constant_time("", ""));
}
