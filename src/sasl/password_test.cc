#include "sasl/password.h"

#include <doctest/doctest.h>

using namespace posthorn;

TEST_CASE("password: a hash fits its password alone") {
  const auto hash = sasl::hash_password("secret", sasl::kCheapestCost);
  REQUIRE(hash);
  CHECK(hash->starts_with("$argon2id$v=19$m=8,t=1,p=1$"));
  CHECK(*hash != *sasl::hash_password("secret", sasl::kCheapestCost));
  CHECK(sasl::verify_password(*hash, "secret"));
  CHECK_FALSE(sasl::verify_password(*hash, "Secret"));
  CHECK_FALSE(sasl::verify_password(*hash, ""));
  CHECK_FALSE(sasl::verify_password("", ""));
  CHECK_FALSE(sasl::verify_password("$argon2id$v=19$m=99999999,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAA", "secret"));
}

TEST_CASE("password: hashes of other systems fit `pässword 1`, and nothing else") {
  // Made by `doveadm pw`, and by Python for what Dovecot does not know.
  const char* const known[] = {
      "{ARGON2I}$argon2i$v=19$m=32768,t=4,p=1$CX2fslTm3DmW5PXuF00/5w$CjIKl7Zf6FJuMH5Avh7qsg4OSZlD4TZTIRve5APAKL4",
      "$argon2i$v=19$m=32768,t=4,p=1$CX2fslTm3DmW5PXuF00/5w$CjIKl7Zf6FJuMH5Avh7qsg4OSZlD4TZTIRve5APAKL4",
      "{ARGON2}$argon2i$v=19$m=32768,t=4,p=1$CX2fslTm3DmW5PXuF00/5w$CjIKl7Zf6FJuMH5Avh7qsg4OSZlD4TZTIRve5APAKL4",
      "{SHA512-CRYPT}$6$rounds=1000$o5ZE/ydFm.VsB8T0$8rREevkRgqvjZP9P3BDhzDxRd6cmEwj1dH6prEyCGYAwnHuCTmKfUEj1JyRe1zXLO1"
      "LF7tRkMG9k4dKD0DKtg1",
      "{sha256-crypt}$5$rounds=1000$lYgMxBo469fU.G6l$WCczneid2j4N8x4es8yE7OxL.RTrnS7OILw2tykSLA1",
      "$5$rounds=1000$lYgMxBo469fU.G6l$WCczneid2j4N8x4es8yE7OxL.RTrnS7OILw2tykSLA1",
      "{MD5-CRYPT}$1$i1XphBP.$DxeNbfT0flP0rBTZ.IvPI/",
      "{BLF-CRYPT}$2y$05$7zqQIB.Q/bpVFibO/hCoOOxXrhJ0derQf0a9qxYOvVOxb6TDE3OxO",
      "{CRYPT}$2y$05$D9nE2wdwj6fb/bxFDK0W0e1ABJ.397Cphq1Q4VN1fUQVu63moWLEe",
      "$2a$05$abcdefghijklmnopqrstuuEn/eMei1z5h1.4IuwDnjDepo.7LkKxS",
      "{DES-CRYPT}1sRuD2D9KO0WY",
      "{SSHA}BcN+GsuRuVDqLsd51M2V0rXYGL8vBW7Y",
      "{SSHA256}AOceUHrWCfbnM3CS2ChAteY2fokOpIoqkHvK5OUfVpoqhfnV",
      "{SSHA512}aOoE4bckinkCC6k/fVV8tJuKlcdQjK0pwc9s2igk7vdBTheK6kgW+zRSAFgplzjXqOnlcCOzkjJE0fekaJUV5vDm1Ug=",
      "{SHA}wBFJYYjnh5eS5Eft5JORpd7Gkko=",
      "{SHA1}wBFJYYjnh5eS5Eft5JORpd7Gkko=",
      "{SHA256}f7RERuWhObO3oHciFhtpNCnGhD0FNBL7CyE3AkK4vbA=",
      "{SHA512}CKWQ1bFe+6HuV0fkV78KrhRH5bOjFVbkHBnd8vTWw2lc3YVFx8X2I6wtGQoVpZVuVsftC++RLO5GPIvd7H4Lyg==",
      "{SMD5}Un21sgYXj7teR32KlA2pVWuS9aM=",
      "{LDAP-MD5}7goPoJ33weEME8J5Khxfug==",
      "{MD5}7goPoJ33weEME8J5Khxfug==",
      "{PLAIN-MD5}ee0a0fa09df7c1e10c13c2792a1c5fba",
      "{MD5}$1$MJhkd3DG$DUKh7BlXcqvhjXfq6sKuP0",
      "{PBKDF2}$1$KDA1TPNJzzBeSMie$5000$0445763b6260c6f8972d5454dd3f1fa6b8fbc45f",
      "{SCRAM-SHA-256}4096,f/WgeiSoKPOOx4xkhshokg==,3PBXXJQDPB9KMI3bwPHUNGrhm20UHgAB4CIq5FCV7rM=,"
      "aJ+bLOZn22IhwpR0HyStiB93LkfXIYu47WlG1HmgkoQ=",
      "{SCRAM-SHA-1}4096,e5V3+hxow1bfH69JsRHpbQ==,E0+/YCQq5et3V3SZ0nA7gAuM7W4=,fW/SwgdC7XL8thft7g8r0iBEW/U=",
      "{PLAIN}pässword 1",
      "{CLEARTEXT}pässword 1",
      "{SSHA.HEX}87ef2c7a24ee4cb1c36f2d5f8375029033124fb32b947980",
      "{SHA256.HEX}7fb44446e5a139b3b7a07722161b693429c6843d053412fb0b21370242b8bdb0",
      "{SHA512.b64}CKWQ1bFe+6HuV0fkV78KrhRH5bOjFVbkHBnd8vTWw2lc3YVFx8X2I6wtGQoVpZVuVsftC++RLO5GPIvd7H4Lyg==",
      "{PLAIN-MD5.b64}7goPoJ33weEME8J5Khxfug==",
      "{PLAIN.b64}cMOkc3N3b3JkIDE=",
      "{SHA512-CRYPT.B64}JDYkcm91bmRzPTEwMDAkUmpxc3lhTzZhTkVPQWwvZCRRVUhLQ1FnVTVyNXBaMHRzQTJYUVhIOGFOS05xZVNjVmM2Yzg1TE"
      "85bnljRjV3eWUwMG9vV24vRWZtekdVTEJueUFtbDd5djRPVGNZRGJWTTNTNHlRLg==",
      "$y$j75$LdJMENpBABJJ3hIHjB1Bi.$/QgCB4LU0C7uUTioJl6iXE5jjptHaknlHDv.qfNUwW6",
      "$gy$j75$LdJMENpBABJJ3hIHjB1Bi.$rDy9P6tuh4FlbUjqXpxVhArs3C4UlN4rSdBmbMCu.q1",
      "$sha1$100$saltsalt$1m5d9C2zNlfCzEOx7sd6ctk6Yyud",
      "$pbkdf2-sha256$1000$AAECAwQFBgcICQoLDA0ODw$beM5rf90KpCcAQg9rqzVJDXHDURZod.A0rjTFF0Nlfo",
      "$pbkdf2$1000$AAECAwQFBgcICQoLDA0ODw$jWT4vyUFMqMF7aqT/vLaaf2X/XQ",
      "$pbkdf2-sha512$i=1000,l=32$AAECAwQFBgcICQoLDA0ODw$eIa7j6F+XDX9WL2Py4iBgHnskLTlsAzl90aPB7JK5mc",
      "{PBKDF2-SHA256}1000$AAECAwQFBgcICQoLDA0ODw$beM5rf90KpCcAQg9rqzVJDXHDURZod.A0rjTFF0Nlfo",
  };
  for (const char* hash : known) {
    CAPTURE(std::string(hash));
    CHECK(sasl::check_password_hash(hash));
    CHECK(sasl::verify_password(hash, "pässword 1"));
    CHECK_FALSE(sasl::verify_password(hash, "Pässword 1"));
    CHECK_FALSE(sasl::verify_password(hash, std::string("pässword 1\0x", 13)));
    CHECK_FALSE(sasl::verify_password(hash, ""));
    CHECK(sasl::needs_rehash(hash, sasl::kCheapestCost));
  }
  // Dovecot's ordinary one asks for 1 GiB, which is still accepted.
  CHECK(sasl::check_password_hash(
      "{ARGON2ID}$argon2id$v=19$m=1048576,t=4,p=1$x8IxyFMzoFnRBok5XDRInA$4Ul85pjfKlSwryHvrIvBIiwWbSfF8t7VEc3JgFimdW0"));
}

TEST_CASE("password: what cannot be checked, in words") {
  struct Case {
    const char* hash;
    Code code;
  };
  const Case cases[] = {
      {"", Code::invalid},
      {"secret", Code::not_supported},
      {"!", Code::not_supported},
      {"*", Code::not_supported},
      {"{CRAM-MD5}80aec1449634d113e46324e5809848338c28256a7d6da9b7914aa2ece45e4479", Code::not_supported},
      {"{}x", Code::not_supported},
      {"{SSHA", Code::invalid},
      {"{SSHA}", Code::invalid},
      {"{SSHA}!", Code::invalid},
      {"{SSHA}wBFJYYjnh5eS5Eft5JORpd7Gkko=", Code::invalid},
      {"{SHA}wBFJYYjnh5eS5Eft5JORpd7Gkg==", Code::invalid},
      {"{SHA256.hex}7fb4444", Code::invalid},
      {"{PLAIN}", Code::invalid},
      {"{CRYPT}", Code::not_supported},
      {"{CRYPT}*", Code::not_supported},
      {"{PBKDF2}$1$salt$0$0445763b6260c6f8972d5454dd3f1fa6b8fbc45f", Code::invalid},
      {"{PBKDF2}$1$salt$900000000$0445763b6260c6f8972d5454dd3f1fa6b8fbc45f", Code::invalid},
      {"{PBKDF2}$2$salt$5000$0445763b6260c6f8972d5454dd3f1fa6b8fbc45f", Code::invalid},
      {"$pbkdf2-sha256$900000000$AAECAwQFBgcICQoLDA0ODw$beM5rf90KpCcAQg9rqzVJDXHDURZod.A0rjTFF0Nlfo", Code::invalid},
      {"$pbkdf2-sha256$1000$$", Code::invalid},
      {"$argon2id$v=19$m=99999999,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAA", Code::invalid},
      {"$argon2id$v=19$m=1048576,t=64,p=1$AAAAAAAAAAA$AAAAAAAAAAA", Code::invalid},
      {"$argon2x$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAA", Code::invalid},
      {"$6$rounds=999999999$o5ZE/ydFm.VsB8T0$8rREevkRgqvjZP9P3BDh", Code::invalid},
      {"$2b$31$7zqQIB.Q/bpVFibO/hCoOOxXrhJ0derQf0a9qxYOvVOxb6TDE3OxO", Code::invalid},
      {"$y$jFT$LdJMENpBABJJ3hIHjB1Bi.$/QgCB4LU0C7uUTioJl6iXE5jjptHaknlHDv.qfNUwW6", Code::invalid},
      {"$7$J6..../....saltsalt$x", Code::invalid},
      {"$9$what", Code::not_supported},
      {"$6$x", Code::invalid},
      {"$6$o5ZE/ydFm.VsB8T0$8rREevkRgqvjZP9P3BDh", Code::invalid},
      {"$2b$10$7zqQIB.Q/bpVFibO/hCoOO", Code::invalid},
      {"$y$j9T$LdJMENpBABJJ3hIHjB1Bi.", Code::invalid},
      {"{SCRAM-SHA-256}4096,x", Code::invalid},
      {"{SCRAM-SHA-512}4096,x,y,z", Code::invalid},
  };
  for (const Case& c : cases) {
    const auto checked = sasl::check_password_hash(c.hash);
    CAPTURE(std::string(c.hash));
    REQUIRE_FALSE(checked);
    CHECK(checked.error().code == c.code);
    CHECK_FALSE(sasl::verify_password(c.hash, ""));
    CHECK_FALSE(sasl::verify_password(c.hash, "secret"));
  }
  CHECK_FALSE(sasl::check_password_hash(std::string(5000, '$')));
  CHECK_FALSE(sasl::check_password_hash(std::string("{PLAIN}a\0b", 10)));
}

TEST_CASE("password: weaker hashes are to be made anew") {
  const auto hash = sasl::hash_password("secret", {2, 64});
  CHECK_FALSE(sasl::needs_rehash(*hash, {2, 64}));
  CHECK_FALSE(sasl::needs_rehash(*hash, sasl::kCheapestCost));
  CHECK(sasl::needs_rehash(*hash, {3, 64}));
  CHECK(sasl::needs_rehash(*hash, sasl::kOrdinaryCost));
  CHECK(sasl::needs_rehash("", sasl::kCheapestCost));
}
