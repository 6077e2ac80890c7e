#include "sasl/scram.h"

#include <doctest/doctest.h>

#include "codec/base64.h"
#include "net/run_for_test.h"

using namespace posthorn;
using codec::Hash;
using sasl::Origin;
using sasl::ScramBinding;
using sasl::ScramClient;
using sasl::ScramServer;
using sasl::Step;
using sasl::Task;
using Flag = sasl::Gs2Header::Flag;

namespace {

/// Knows `user`, whose password is pencil, with the salts of the RFCs' examples.
class OneUser final : public sasl::Verifier {
 public:
  bool takes(sasl::Proof) const override { return true; }
  Task<Result<sasl::Identity>> verify_password(Origin, std::string, std::string, std::string) override {
    co_return fail(Code::internal, "not asked for");
  }
  Task<Result<sasl::ScramKeys>> scram_keys(Origin, std::string user, Hash hash) override {
    if (user == "busy") co_return fail(Code::unavailable, "later");
    if (user != "user") co_return sasl::made_up_keys(hash, user, "secret");
    const char* salt = hash == Hash::sha1 ? "QSXCR+Q6sek8bf92" : "W22ZaJ0SNY7soEsUEjb6gQ==";
    auto keys = sasl::ScramKeys::make(hash, "pencil", *codec::base64_decode(salt), 4096);
    keys.others.push_back(sasl::ScramKeys::make(hash, "of the telephone", keys.salt, 4096));
    keys.others.back().credential = "telephone";
    co_return keys;
  }
  Task<Result<sasl::Identity>> conclude_scram(Origin, std::string authorization, std::string user,
                                              std::optional<std::string> proved) override {
    ++concluded;
    if (!proved) co_return fail(Code::bad_credentials, "no");
    if (!authorization.empty() && authorization != user) co_return fail(Code::denied, "not as another");
    co_return sasl::Identity{user, *proved};
  }

  int concluded = 0;
};

Step answer(ScramServer& server, const std::string& response) { return net::result_for_test(server.step(response)); }

Origin encrypted() {
  return {.is_encrypted = true, .channel_binding = [](net::ChannelBinding kind) {
            return kind == net::ChannelBinding::tls_exporter ? std::string(32, '\xee') : std::string();
          }};
}

/// A whole exchange; the last step, or what the client found wrong.
Step run(ScramClient& client, ScramServer& server) {
  Step step = Step::challenge("");
  while (step.kind == Step::Kind::challenge) {
    const auto response = client.step(step.bytes);
    if (!response) return Step::failed(response.error());
    step = answer(server, *response);
  }
  return step;
}

}  // namespace

TEST_CASE("scram: the example of RFC 5802 5, both roles") {
  OneUser verifier;
  ScramServer server(Hash::sha1, false, {}, &verifier, "3rfcNHYJY1ZVvWVs7j");
  ScramClient client(Hash::sha1, {"", "user", "pencil"}, {}, "fyko+d2lbbFgONRv9qkxdawL");
  CHECK(*client.step("") == "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL");
  const auto first = answer(server, "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL");
  CHECK(first.bytes == "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096");
  const std::string final = "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=";
  CHECK(*client.step(first.bytes) == final);
  const auto signature = answer(server, final);
  CHECK(signature.bytes == "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=");
  CHECK_FALSE(client.is_complete());
  CHECK(client.step(signature.bytes)->empty());
  CHECK(client.is_complete());
  CHECK(answer(server, "").identity.user == "user");
}

TEST_CASE("scram: the example of RFC 7677 3, both roles") {
  OneUser verifier;
  ScramServer server(Hash::sha256, false, {}, &verifier, "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0");
  ScramClient client(Hash::sha256, {"", "user", "pencil"}, {}, "rOprNGfwEbeRWgbNEkqO");
  const auto first = answer(server, *client.step(""));
  CHECK(first.bytes == "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
  const auto final = client.step(first.bytes);
  CHECK(*final ==
        "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
        "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
  CHECK(answer(server, *final).bytes == "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
}

TEST_CASE("scram: channels are bound, and no other passes") {
  OneUser verifier;
  const auto right = ScramBinding::choose(true, encrypted().channel_binding);
  CHECK(right.name == "tls-exporter");
  struct Case {
    bool is_plus;
    ScramBinding binding;
    bool is_encrypted;
    Code code;  // internal: success
  };
  const Case cases[] = {
      {true, right, true, Code::internal},
      {true, {Flag::bound, "tls-exporter", std::string(32, '\xdd')}, true, Code::denied},
      {true, {Flag::bound, "tls-unique", std::string(12, 'u')}, true, Code::invalid},
      {true, {Flag::bound, "tls-nonsense", "x"}, true, Code::invalid},
      {true, {Flag::none}, true, Code::syntax},
      {true, {Flag::unoffered}, true, Code::syntax},
      {false, {Flag::none}, true, Code::internal},
      {false, {Flag::unoffered}, true, Code::denied},  // somebody took -PLUS off the list
      {false, {Flag::unoffered}, false, Code::internal},
      {false, right, true, Code::syntax},
  };
  for (const Case& c : cases) {
    ScramServer server(Hash::sha256, c.is_plus, c.is_encrypted ? encrypted() : Origin{}, &verifier);
    ScramClient client(Hash::sha256, {"", "user", "pencil"}, c.binding);
    const Step last = run(client, server);
    CAPTURE(static_cast<int>(&c - cases));
    CHECK((last.kind == Step::Kind::done) == (c.code == Code::internal));
    if (last.kind == Step::Kind::failed) CHECK(last.error.code == c.code);
  }
}

TEST_CASE("scram: wrong passwords, nobody, another, later") {
  OneUser verifier;
  const auto try_as = [&](sasl::PlainMessage credentials) {
    ScramServer server(Hash::sha256, false, {}, &verifier);
    ScramClient client(Hash::sha256, std::move(credentials), {});
    return run(client, server);
  };
  CHECK(try_as({"", "user", "Pencil"}).error.code == Code::bad_credentials);
  CHECK(verifier.concluded == 1);
  CHECK(try_as({"", "a=b,c", "pencil"}).error.code == Code::bad_credentials);
  CHECK(try_as({"user", "user", "pencil"}).identity.user == "user");
  CHECK(try_as({"eve", "user", "pencil"}).error.code == Code::denied);
  CHECK(try_as({"", "busy", "pencil"}).error.code == Code::unavailable);
  CHECK(try_as({"", "u\u00adser", "p\u00adencil"}).identity.user == "user");
}

TEST_CASE("scram: any of a user's passwords, and which one it was") {
  OneUser verifier;
  for (const auto& [password, credential] : {std::pair("pencil", ""), std::pair("of the telephone", "telephone")}) {
    ScramServer server(Hash::sha256, false, {}, &verifier);
    ScramClient client(Hash::sha256, {"", "user", password}, {});
    CHECK(run(client, server).identity.credential == credential);
    CHECK(client.is_complete());  // it has believed the signature
  }
}

TEST_CASE("scram: client-first-message") {
  struct Case {
    const char* message;
    const char* user;  // null: a syntax error
  };
  const Case cases[] = {
      {"n,,n=user,r=x", "user"},
      {"y,a=eve,n=user,r=x", "user"},
      {"p=tls-exporter,,n=us=2Cer=3D,r=x", "us,er="},
      {"n,,n=user,r=x,z=anything,y=else", "user"},
      {"n,,n=us\u00ader,r=x", "user"},
      {"n,,n=us=2cer,r=x", nullptr},
      {"n,,n=us=er,r=x", nullptr},
      {"n,,n=,r=x", nullptr},
      {"n,,n=user,r=", nullptr},
      {"n,,n=user,r=\x7f", nullptr},
      {"n,,n=user", nullptr},
      {"n,,m=must,n=user,r=x", nullptr},
      {"n,a=,n=user,r=x", nullptr},
      {"n,b=c,n=user,r=x", nullptr},
      {"p=,,n=user,r=x", nullptr},
      {"x,,n=user,r=x", nullptr},
      {"n=user,r=x", nullptr},
      {"n,,n=user,r=x,", nullptr},
      {"n,,n=user,r=x,1=y", nullptr},
      {"n,,n=user,r=x,z=", nullptr},
      {"n,,n=\xff,r=x", nullptr},
      {"n,,n=\x07,r=x", nullptr},
      {"", nullptr},
  };
  for (const Case& c : cases) {
    const auto first = sasl::ScramFirst::parse(c.message);
    CAPTURE(c.message);
    CHECK(first.has_value() == (c.user != nullptr));
    if (first && c.user != nullptr) CHECK(first->user == c.user);
  }
  CHECK_FALSE(sasl::ScramFirst::parse("n,,n=user,r=" + std::string(1025, 'x')));
  CHECK_FALSE(sasl::ScramFirst::parse("n,,n=user,r=x,z=" + std::string(10'000, 'x')));
}

TEST_CASE("scram: client-final-message") {
  const auto good = sasl::ScramFinal::parse("c=biws,r=abc,z=ext,p=cHJvb2Y=");
  REQUIRE(good);
  CHECK(good->binding == "n,,");
  CHECK(good->without_proof == "c=biws,r=abc,z=ext");
  CHECK(good->proof == "proof");
  for (const char* bad : {"", "c=biws", "c=!,r=abc,p=cHJvb2Y=", "c=biws,r=abc", "c=biws,r=abc,p=cHJvb2Y=,z=1",
                          "r=abc,c=biws,p=cHJvb2Y=", "c=biws,r=,p=cHJvb2Y=", "c=biws,r=abc,p=!"})
    CHECK_FALSE(sasl::ScramFinal::parse(bad));
  OneUser verifier;
  for (const char* bad : {"c=biws,r=abcdX,p=cHJvb2Y=", "c=eSws,r=abcd,p=cHJvb2Y=", "c=biws,r=abcd,p=cHJvb2Y="}) {
    ScramServer server(Hash::sha1, false, {}, &verifier, "cd");
    CHECK(answer(server, "n,,n=user,r=ab").kind == Step::Kind::challenge);
    CHECK(answer(server, bad).kind == Step::Kind::failed);
  }
  CHECK(verifier.concluded == 0);
}

TEST_CASE("scram: a client does not believe every server") {
  const auto after = [](const std::string& server_first) {
    ScramClient client(Hash::sha1, {"", "user", "pencil"}, {}, "fyko");
    CHECK(client.step(""));
    return client.step(server_first).has_value();
  };
  CHECK(after("r=fykoX,s=QSXCR+Q6sek8bf92,i=4096"));
  CHECK(after("r=fykoX,s=QSXCR+Q6sek8bf92,i=4096,z=ext"));
  CHECK_FALSE(after("r=fyko,s=QSXCR+Q6sek8bf92,i=4096"));
  CHECK_FALSE(after("r=other,s=QSXCR+Q6sek8bf92,i=4096"));
  CHECK_FALSE(after("r=fykoX,s=QSXCR+Q6sek8bf92,i=1"));
  CHECK_FALSE(after("r=fykoX,s=QSXCR+Q6sek8bf92,i=999999999"));
  CHECK_FALSE(after("r=fykoX,s=,i=4096"));
  CHECK_FALSE(after("m=x,r=fykoX,s=QSXCR+Q6sek8bf92,i=4096"));
  CHECK_FALSE(after("e=other-error"));
  for (const char* final : {"v=AAAA", "e=invalid-proof", "", "v=rmF9pqV8S7suAoZWja4dJRkFsKQ"}) {
    ScramClient client(Hash::sha1, {"", "user", "pencil"}, {}, "fyko+d2lbbFgONRv9qkxdawL");
    CHECK(client.step(""));
    CHECK(client.step("r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096"));
    CHECK_FALSE(client.step(final));
    CHECK_FALSE(client.is_complete());
    CHECK_FALSE(client.step("v=rmF9pqV8S7suAoZWja4dJRkFsKQ="));
  }
}
