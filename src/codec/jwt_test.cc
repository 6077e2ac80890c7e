#include "codec/jwt.h"

#include <doctest/doctest.h>

#include "codec/base64.h"

using namespace posthorn;
using codec::JsonObject;
using codec::JsonWebToken;

namespace {

// Keys and tokens made for this test by Python's cryptography. Good keys: r, only-ps, p, q, e.
const char* const kKeys =
    R"({"keys":[{"kty":"RSA","kid":"r","n":"zDe_9kxJZJ48FJPoHD-JhSp0lKVR3P9ONGUC2OmtIQG_YTVQDtvRfPT2kSiqXNr)"
    R"(xQWNe-0yj34oG8kjYkG2QeLtDBHvfOTMj3h_GDj2PZJvFXPwibGHrfyg26EPt__1OUuakzbSgqw-Fm4rEz6dYIYURKtq0hebXuZS)"
    R"(A4rTQSItGwYifF_gMnDMVJK033qqlVtYd1hiX8bYlsLNuvhlhhiZVt2KJPqPf5somjbDhd-)"
    R"(5BJWiFQGnTEEdgGjGnl7lTMs7OAcyw62FO4srqHWNXCOGiAN7nT3u0I4-)"
    R"(llYMFhUbYY9r_NRB7DgEr63oWDjr9LXDFFa_HdDqOQjo7ChMeiQ","e":"AQAB","use":"sig"},{"kty":"RSA","kid":"onl)"
    R"(y-ps","n":"zDe_9kxJZJ48FJPoHD-JhSp0lKVR3P9ONGUC2OmtIQG_YTVQDtvRfPT2kSiqXNrxQWNe-)"
    R"(0yj34oG8kjYkG2QeLtDBHvfOTMj3h_GDj2PZJvFXPwibGHrfyg26EPt__1OUuakzbSgqw-Fm4rEz6dYIYURKtq0hebXuZSA4rTQS)"
    R"(ItGwYifF_gMnDMVJK033qqlVtYd1hiX8bYlsLNuvhlhhiZVt2KJPqPf5somjbDhd-)"
    R"(5BJWiFQGnTEEdgGjGnl7lTMs7OAcyw62FO4srqHWNXCOGiAN7nT3u0I4-)"
    R"(llYMFhUbYY9r_NRB7DgEr63oWDjr9LXDFFa_HdDqOQjo7ChMeiQ","e":"AQAB","alg":"PS256"},{"kty":"EC","kid":"p")"
    R"(,"crv":"P-256","x":"CQLqGuIZRLGoRo-A7jAQx0fHh8nf6-)"
    R"(lSTPPHFsxs7hc","y":"h7NcwV6SrPE836YRr81caqGdxawfY62YkmSznppYRtQ"},{"kty":"EC","kid":"q","crv":"P-)"
    R"(384","x":"sEjLAaz_FSGCiXb-6oaW5jZM46vubiQ0S41td80kLSrd9kJx-)"
    R"(4qOa4XCs0x9SgWn","y":"OURKxQP1DYZzBrX9GxKDPOL3vzPIbbU9tuNczaQOP4q19G1OYx9m7QCHORgwJ02g"},{"kty":"OKP)"
    R"(","crv":"Ed25519","kid":"e","x":"GeY6Ok-1_F0i6z8zMViBY45Rbv0iaf6dXd_bOu-)"
    R"(T1xk"},{"kty":"RSA","kid":"small","n":"4MsJ1lXY-Ne6prERdGyBemrU8H6GN71t-)"
    R"(4YgTnedyimUM2aQNLljNi8Dp_uP88Fs3YaWac0PFwj68KfCPDC5PaP0ulbLYlCC13YCsmGAeUiFQnV0sZFV8vxF4iS52UaW1e8Oc)"
    R"(BLY_BefndabwGQXo5unBuxR6mIx5FM-)"
    R"(9iWeop8","e":"AQAB"},{"kty":"RSA","kid":"enc","n":"zDe_9kxJZJ48FJPoHD-JhSp0lKVR3P9ONGUC2OmtIQG_YTVQD)"
    R"(tvRfPT2kSiqXNrxQWNe-0yj34oG8kjYkG2QeLtDBHvfOTMj3h_GDj2PZJvFXPwibGHrfyg26EPt__1OUuakzbSgqw-Fm4rEz6dYI)"
    R"(YURKtq0hebXuZSA4rTQSItGwYifF_gMnDMVJK033qqlVtYd1hiX8bYlsLNuvhlhhiZVt2KJPqPf5somjbDhd-)"
    R"(5BJWiFQGnTEEdgGjGnl7lTMs7OAcyw62FO4srqHWNXCOGiAN7nT3u0I4-)"
    R"(llYMFhUbYY9r_NRB7DgEr63oWDjr9LXDFFa_HdDqOQjo7ChMeiQ","e":"AQAB","use":"enc"},{"kty":"oct","kid":"sec)"
    R"(ret","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ"},{"kty":"EC","crv":"P-)"
    R"(256","kid":"off","x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAU","y":"AAAAAAAAAAAAAAAAAAAAAAAAAAAA)"
    R"(AAAAAAAAAAAAAAU"},{"kty":"EC","crv":"P-521","kid":"x"}]})";

struct Known {
  const char* key;
  const char* token;
};
const Known kTokens[] = {
    {"r",
     "eyJhbGciOiAiUlMyNTYiLCAia2lkIjogInIiLCAidHlwIjogIkpXVCJ9.eyJpc3MiOiAiaHR0cHM6Ly9pZC50ZXN0IiwgImF1ZCI"
     "6IFsibWFpbCIsICJvdGhlciJdLCAiZXhwIjogMTgwMDAwMDAwMCwgImVtYWlsIjogImFubkBleGFtcGxlLm9yZyJ9.UWPZuzvZ2d"
     "EA4lIetFLItoOt85VnMrV32bm8O2Pn-zvygis1chNCAHpGWKNpOopjOB-ikjOl2uz45WRoFb8hBlxQe19BZJGcJ39RKMOzvGW56H"
     "zFUaSt-TGrum-ErbIxKirO_TOcmRDtJcsWvCI6FCbNq4e4VSqHTn4962hPsH4F6F34DYQNbHJCfXRxgFjyA1SJtp1GIh6pO_uZIZ"
     "DdbEyuIyf4xt06RyzTLjR5TxSotN80utn_umKJs3-AwCIhs-XWMUqbSGoMCXx3Tmdvh5T32rytPxCVzByPA4vubH7eOokDilmSu8"
     "zvakLpzmtuYL8Uc7OHRxra1E68wnI-Vg"},
    {"r",
     "eyJhbGciOiAiUlMzODQiLCAia2lkIjogInIiLCAidHlwIjogIkpXVCJ9.eyJpc3MiOiAiaHR0cHM6Ly9pZC50ZXN0IiwgImF1ZCI"
     "6IFsibWFpbCIsICJvdGhlciJdLCAiZXhwIjogMTgwMDAwMDAwMCwgImVtYWlsIjogImFubkBleGFtcGxlLm9yZyJ9.y9dOHFfj2k"
     "tjUFJA8VXrrO7dHM6hSHH6NjVDC-d-MVssWBRY2fJiouAegOfEFZLkjSl1fpQGQrkUKP831gwSe63kJ1PeIWvsIbbg76detZ2kHc"
     "wHIwYT6ZYysmCqO82N4PzGXJwrYCCqg13i5nENELaJvYjUXCBVkKcoSM6Pn6uMggDHwHkUoNEvL0XUaTq2satrgjHWVddpA-XIVN"
     "sqjczYD4aNiZHJJOO8vnzXL33hbqZBinZafwHQNjdrDYun6JjT7t73TCaw4Cd0WBfB9d5vGFsKeUMXhiDIDBeS2lStji1AQbEbAw"
     "Wyp2Oif6BqWckG3PjS_Bz0_DtlZYThPQ"},
    {"r",
     "eyJhbGciOiAiUlM1MTIiLCAia2lkIjogInIiLCAidHlwIjogIkpXVCJ9.eyJpc3MiOiAiaHR0cHM6Ly9pZC50ZXN0IiwgImF1ZCI"
     "6IFsibWFpbCIsICJvdGhlciJdLCAiZXhwIjogMTgwMDAwMDAwMCwgImVtYWlsIjogImFubkBleGFtcGxlLm9yZyJ9.GgIXqgTjIW"
     "bV6KnVeIYWojym301K68v_HctajXHapWqQYM_L8ufSYZu2FCa5O29_Yh7enGCeHIKw4IflntXH0W-v1YWw7LbpKuk0zrSLkVpeXW"
     "BRpU2OJ-7jowW_bklD8dAonW0xZif4nZjjjcHaSuL2Zs8eyO2lCBbLSegcsPb6GtqHQIH2BSTH1v-qAvlhPkET5keaZfz16SyVW2"
     "3EAA1nXzAzzb7Knr5ubDqFD7eCjtEqVBclFvHjfBeWFTf37RU6T4GYdsMvSxBdQ8U0d4tpSvUlN58u1X0RANGU3-VfPVJmgQSNTw"
     "TposITvPlRdgLmUKvKWklG_U-QTZ0qEA"},
    {"only-ps",
     "eyJhbGciOiAiUFMyNTYiLCAia2lkIjogIm9ubHktcHMiLCAidHlwIjogIkpXVCJ9.eyJpc3MiOiAiaHR0cHM6Ly9pZC50ZXN0Iiw"
     "gImF1ZCI6IFsibWFpbCIsICJvdGhlciJdLCAiZXhwIjogMTgwMDAwMDAwMCwgImVtYWlsIjogImFubkBleGFtcGxlLm9yZyJ9.t6"
     "QaSKB3T4HlgvCJP9nfN3O53XHi_lIUeJaHiK_-OhsHRsJTqvymCZPDpxSj--AquE4wBw75kPRxIi1swdHYSsJKcYOnADts1-UlAp"
     "sD3QIHpsSmk7cLqV8B1oNfhBO3bxNUGNMg_B4q5p0fp3qXOEYSWtLJSk83F26ucZz1p5mYR-1q3vpmwwdCcZ72e31ANygeYZo2t_"
     "Hv6vd8Hen8OFTYgbMAhMlIRYHWEVBZx9k44yrQSSImp09mFIaYJqwmQ4phunSzstW8UMiqk0VsQ203--gXWn-VofmDNA_VyyJc7u"
     "_8PU0oOQ_kcnUKs0OUgFbCUEoIAUFSGybcfN0u3w"},
    {"r",
     "eyJhbGciOiAiUFMzODQiLCAia2lkIjogInIiLCAidHlwIjogIkpXVCJ9.eyJpc3MiOiAiaHR0cHM6Ly9pZC50ZXN0IiwgImF1ZCI"
     "6IFsibWFpbCIsICJvdGhlciJdLCAiZXhwIjogMTgwMDAwMDAwMCwgImVtYWlsIjogImFubkBleGFtcGxlLm9yZyJ9.mQRbd0iZnQ"
     "fXGuMzGctkYMKaZ-tyn8ugE1XywAakG8LyaJysyjTrtfssMS3MpeKoaDMAEilKBYuWh1bLB712k2gdQipx_D3enG-njXS-wUKIOM"
     "sd6xf3ZaZaVNSRU-B-OKOEt2y-ZSR_q_XJIT331zXvTx7e-k4Y1Zzb8voYxUwqa-nfm5TZkFOp-QZE7wqySz5Pr0QNg7AyHLCATs"
     "Hs1AxDSuoNTBHAJiuW7EGzgvvKHbR0coy4Ixawex7J6cxK1GJyYNntCM1fMTXP6a0eqTU4BM-L4QfnIde7WZvhvZD6duKxlAWMWJ"
     "AVyB--3bMh0RrjN681AVUIaPNTttMygQ"},
    {"r",
     "eyJhbGciOiAiUFM1MTIiLCAia2lkIjogInIiLCAidHlwIjogIkpXVCJ9.eyJpc3MiOiAiaHR0cHM6Ly9pZC50ZXN0IiwgImF1ZCI"
     "6IFsibWFpbCIsICJvdGhlciJdLCAiZXhwIjogMTgwMDAwMDAwMCwgImVtYWlsIjogImFubkBleGFtcGxlLm9yZyJ9.akBEFgxCFu"
     "nrpIuCGPiWxB1v5GvaYrfVzw2EJtI_lVWd1m-2zbHZnZqMq8g_0aqDbPZh98QfU6J-xRGqzGd3A6QRmFncce0r7FjSYyj9R1rKQn"
     "DZevyX9n37SpY5mZHqdLsMjdPw3EoILcaDMZmnY3zLwt6j28GCXnOGHKa7zmCPwSY8hDFPvsD77psDQJF80egIDKCUooXG90zLGz"
     "B-pOnD5jHfDd8gCQvq9f88lWluYV_kL6rahva-wsotE0IQUAxcgZPQp5RC0YJhlQjxsw6uFQEDnE_JfaQmt6GZ7LIVhIywzoOnbN"
     "stAfeNW1pjRc-H2Ycdq8TBNwP6Eavilg"},
    {"p",
     "eyJhbGciOiAiRVMyNTYiLCAia2lkIjogInAiLCAidHlwIjogIkpXVCJ9.eyJpc3MiOiAiaHR0cHM6Ly9pZC50ZXN0IiwgImF1ZCI"
     "6IFsibWFpbCIsICJvdGhlciJdLCAiZXhwIjogMTgwMDAwMDAwMCwgImVtYWlsIjogImFubkBleGFtcGxlLm9yZyJ9.B5xlD0r7FF"
     "ymaap6-GP80zTbDZP0tfOYX9cnVN2k_-PrwvgjxLDjKOFju0azpFKFW5IsWBY7YlQsoapYNiRGHg"},
    {"q",
     "eyJhbGciOiAiRVMzODQiLCAia2lkIjogInEiLCAidHlwIjogIkpXVCJ9.eyJpc3MiOiAiaHR0cHM6Ly9pZC50ZXN0IiwgImF1ZCI"
     "6IFsibWFpbCIsICJvdGhlciJdLCAiZXhwIjogMTgwMDAwMDAwMCwgImVtYWlsIjogImFubkBleGFtcGxlLm9yZyJ9.7zkuP5Iruu"
     "8Zp8ssc_MlmYuHlvZbVhuvZWhb1934hPsMyM5qP1kGwFxiyLEOKmYWLJ6G9EjInqKSlrtPcDLdyMtOZMbAsQzi_DbJqS6wBSFthB"
     "i38iBSyTV-aJY7DeFM"},
    {"e",
     "eyJhbGciOiAiRWREU0EiLCAia2lkIjogImUiLCAidHlwIjogIkpXVCJ9.eyJpc3MiOiAiaHR0cHM6Ly9pZC50ZXN0IiwgImF1ZCI"
     "6IFsibWFpbCIsICJvdGhlciJdLCAiZXhwIjogMTgwMDAwMDAwMCwgImVtYWlsIjogImFubkBleGFtcGxlLm9yZyJ9.8qjZK9pbaQ"
     "mR7g3idEP2vHx6TRM6fqFwfG_l7OG_SG6hA7DuvXTVvmj9f0-yaHdlnEGYz0A2C4sXp-eiRWHtCw"},
};

const WallTime kNow = from_seconds(1'700'000'000);

std::string unsigned_token(const std::string& header, const std::string& claims) {
  return codec::base64url_encode(header) + "." + codec::base64url_encode(claims) + ".";
}

}  // namespace

TEST_CASE("jwt: every algorithm verifies with its own key, and with no other") {
  const auto keys = codec::parse_json_web_keys(kKeys);
  REQUIRE(keys);
  REQUIRE(keys->size() == 5);
  for (const auto& known : kTokens) {
    const auto token = JsonWebToken::parse(known.token);
    REQUIRE(token);
    CAPTURE(token->algorithm());
    CHECK(token->key_id() == known.key);
    for (const auto& key : *keys) {
      const bool is_its_own = key.id == known.key || (key.id == "r" && token->algorithm() == "PS256");
      CHECK(token->is_signed_by(key) == is_its_own);
    }
    std::string changed = known.token;
    changed[changed.find('.') + 5] ^= 1;
    const auto parsed = JsonWebToken::parse(changed);
    if (parsed)
      for (const auto& key : *keys) CHECK_FALSE(parsed->is_signed_by(key));
    CHECK_FALSE(token->is_signed_by_secret(std::string(64, 's')));
  }
}

TEST_CASE("jwt: a secret, as in RFC 7515 A.1") {
  const auto token = JsonWebToken::parse(
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
      "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
  REQUIRE(token);
  const auto secret =
      codec::base64url_decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
  CHECK(token->is_signed_by_secret(*secret));
  CHECK_FALSE(token->is_signed_by_secret(secret->substr(1)));
  CHECK_FALSE(token->is_signed_by_secret(""));
  CHECK(token->claims().text("iss") == "joe");
  for (const auto& key : *codec::parse_json_web_keys(kKeys)) CHECK_FALSE(token->is_signed_by(key));
}

TEST_CASE("public keys: Ed25519 as in RFC 8037 A.4") {
  const auto key = codec::PublicKey::ed25519(*codec::base64url_decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"));
  const auto signature = *codec::base64url_decode(
      "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
  const std::string message = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
  CHECK(key->verifies(codec::SignatureAlgorithm::ed25519, message, signature));
  CHECK_FALSE(key->verifies(codec::SignatureAlgorithm::ed25519, message + "x", signature));
  CHECK_FALSE(codec::PublicKey::ed25519("short"));
}

TEST_CASE("jwt: what is no token to log in with") {
  CHECK(JsonWebToken::parse(unsigned_token(R"({"alg":"RS256"})", "{}")));
  CHECK(JsonWebToken::parse(unsigned_token(R"({"alg":"RS256","typ":"at+jwt"})", "{}")));
  CHECK(JsonWebToken::parse(unsigned_token(R"({"alg":"RS256","typ":"application/at+JWT"})", "{}")));
  const auto none = JsonWebToken::parse(unsigned_token(R"({"alg":"none"})", "{}"));
  REQUIRE(none);
  for (const auto& key : *codec::parse_json_web_keys(kKeys)) CHECK_FALSE(none->is_signed_by(key));
  CHECK_FALSE(none->is_signed_by_secret(std::string(64, 's')));
  for (const std::string& bad :
       {std::string(), std::string("a.b"), std::string("opaque-token"), std::string(70'000, 'a'),
        unsigned_token("{}", "{}"), unsigned_token(R"({"alg":1})", "{}"), unsigned_token(R"({"alg":"RS256"})", "[]"),
        unsigned_token(R"({"alg":"RS256","crit":["exp"],"exp":1})", "{}"),
        unsigned_token(R"({"alg":"RS256","typ":"logout+jwt"})", "{}"), unsigned_token(R"({"alg":"RS256"})", "{}") + "=",
        unsigned_token(R"({"alg":"RS256"})", "{}") + ".x.y"})
    CHECK_FALSE(JsonWebToken::parse(bad));
  CHECK_FALSE(codec::parse_json_web_keys("[]"));
  CHECK(codec::parse_json_web_keys("{}")->empty());
}

TEST_CASE("jwt: claims") {
  struct Case {
    const char* claims;
    bool is_good;
  };
  const Case cases[] = {
      {R"({"iss":"https://id.test","aud":"mail","exp":1700000001})", true},
      {R"({"iss":"https://id.test","aud":["x","mail"],"exp":1700000001.5})", true},
      {R"({"iss":"https://id.test","aud":"mail","exp":1699999941})", true},  // within the leeway
      {R"({"iss":"https://id.test","aud":"mail","exp":1699999940})", false},
      {R"({"iss":"https://id.test","aud":"mail","exp":1800000000,"nbf":1700000060,"iat":1700000060})", true},
      {R"({"iss":"https://id.test","aud":"mail","exp":1800000000,"nbf":1700000061})", false},
      {R"({"iss":"https://id.test","aud":"mail","exp":1800000000,"iat":1700000061})", false},
      {R"({"iss":"https://id.test","aud":"mail","exp":"1800000000"})", false},
      {R"({"iss":"https://id.test","aud":"mail","exp":1800000000,"nbf":"0"})", false},
      {R"({"iss":"https://id.test","aud":"mail","exp":1e300})", false},
      {R"({"iss":"https://id.test","aud":"mail"})", false},
      {R"({"iss":"https://id.test","aud":"other","exp":1800000000})", false},
      {R"({"iss":"https://id.test","exp":1800000000})", false},
      {R"({"iss":"https://id.test/","aud":"mail","exp":1800000000})", false},
      {R"({"iss":["https://id.test"],"aud":"mail","exp":1800000000})", false},
      {R"({"aud":"mail","exp":1800000000})", false},
  };
  for (const Case& c : cases) {
    CAPTURE(std::string(c.claims));
    CHECK(codec::check_claims(*JsonObject::parse(c.claims), {"https://id.test", "mail", kNow}).has_value() ==
          c.is_good);
  }
}
