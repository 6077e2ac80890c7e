#include "sasl/scram_keys.h"

#include <doctest/doctest.h>

#include "codec/base64.h"

using namespace posthorn;
using codec::Hash;
using sasl::ScramKeys;

TEST_CASE("scram keys: known values, in both notations") {
  // RFC 5803 5: the password of RFC 5802's example, `pencil`.
  const std::string known =
      "SCRAM-SHA-1$4096:QSXCR+Q6sek8bf92$6dlGYMOdZcOPutkcNY8U2g7vK9Y=:D+CSWLOshSulAsxiupA+qs2/fTE=";
  const auto made = ScramKeys::make(Hash::sha1, "pencil", *codec::base64_decode("QSXCR+Q6sek8bf92"), 4096);
  CHECK(made.encode() == known);
  CHECK(ScramKeys::decode(known).value() == made);
  CHECK(ScramKeys::decode("{SCRAM-SHA-1}4096,QSXCR+Q6sek8bf92,6dlGYMOdZcOPutkcNY8U2g7vK9Y=,D+CSWLOshSulAsxiupA+qs2/"
                          "fTE=")
            .value() == made);
  CHECK(made.fit("pencil"));
  CHECK_FALSE(made.fit("Pencil"));
}

TEST_CASE("scram keys: fresh salts, prepared passwords") {
  const auto keys = ScramKeys::make(Hash::sha256, "I\u00adX", 5);
  CHECK(keys.fit("IX"));
  CHECK(keys.salt != ScramKeys::make(Hash::sha256, "IX", 5).salt);
  CHECK(ScramKeys::decode(keys.encode()).value() == keys);
  CHECK(ScramKeys::make(Hash::sha256, "tab\t", 5).fit("tab\t"));
}

TEST_CASE("scram keys: what is not acceptable") {
  for (const char* bad : {
           "",
           "SCRAM-SHA-1",
           "SCRAM-SHA-512$4096:QQ==$QQ==:QQ==",
           "SCRAM-SHA-1$4096:QSXCR+Q6sek8bf92$QQ==:QQ==",
           "SCRAM-SHA-1$0:QSXCR+Q6sek8bf92$6dlGYMOdZcOPutkcNY8U2g7vK9Y=:D+CSWLOshSulAsxiupA+qs2/fTE=",
           "SCRAM-SHA-1$9999999:QSXCR+Q6sek8bf92$6dlGYMOdZcOPutkcNY8U2g7vK9Y=:D+CSWLOshSulAsxiupA+qs2/fTE=",
           "SCRAM-SHA-1$4096:!$6dlGYMOdZcOPutkcNY8U2g7vK9Y=:D+CSWLOshSulAsxiupA+qs2/fTE=",
           "SCRAM-SHA-256$4096:QSXCR+Q6sek8bf92$6dlGYMOdZcOPutkcNY8U2g7vK9Y=:D+CSWLOshSulAsxiupA+qs2/fTE=",
           "SCRAM-SHA-1$4096:QSXCR+Q6sek8bf92$6dlGYMOdZcOPutkcNY8U2g7vK9Y=:D+CSWLOshSulAsxiupA+qs2/fTE=:QQ==",
       })
    CHECK_FALSE(ScramKeys::decode(bad));
}

TEST_CASE("scram keys: those of nobody are always the same, and look like others") {
  const auto nobody = sasl::made_up_keys(Hash::sha256, "nobody", "secret");
  CHECK(nobody == sasl::made_up_keys(Hash::sha256, "nobody", "secret"));
  CHECK(nobody.salt != sasl::made_up_keys(Hash::sha256, "nobody", "other").salt);
  CHECK(nobody.salt != sasl::made_up_keys(Hash::sha256, "somebody", "secret").salt);
  const auto real = ScramKeys::make(Hash::sha256, "x");
  CHECK(nobody.salt.size() == real.salt.size());
  CHECK(nobody.iterations == real.iterations);
}
