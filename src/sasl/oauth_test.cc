#include "sasl/oauth.h"

#include <doctest/doctest.h>

#include "net/memory_stream.h"
#include "net/run_for_test.h"
#include "sasl/client.h"
#include "sasl/external.h"

using namespace posthorn;
using sasl::OAuthClient;
using sasl::OAuthMessage;
using sasl::Origin;
using sasl::Step;
using sasl::Task;

namespace {

class TokenHolder final : public sasl::Verifier {
 public:
  explicit TokenHolder(bool takes_all = true) : takes_all_(takes_all) {}
  bool takes(sasl::Proof proof) const override { return takes_all_ || proof == sasl::Proof::password; }
  Task<Result<sasl::Identity>> verify_password(Origin, std::string, std::string user, std::string) override {
    co_return sasl::Identity{user};
  }
  Task<Result<sasl::Identity>> verify_token(Origin, std::string authorization, std::string token) override {
    if (token == "later") co_return fail(Code::unavailable, "the issuer cannot be asked");
    if (token != "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==") co_return fail(Code::bad_credentials, "expired");
    co_return sasl::Identity{authorization.empty() ? "alice" : authorization};
  }
  Task<Result<sasl::Identity>> verify_certificate(Origin origin, std::string authorization) override {
    if (authorization == "eve") co_return fail(Code::denied, "no");
    co_return sasl::Identity{origin.certificate_addresses.at(0)};
  }
  std::string openid_configuration() const override { return "https://id.test/.well-known/openid-configuration"; }

 private:
  const bool takes_all_;
};

const Origin kEncrypted{.is_encrypted = true, .certificate_addresses = {"ann@example.org"}};

std::vector<Step> run(const char* mechanism, const std::vector<std::string>& responses) {
  TokenHolder verifier;
  const auto server = sasl::make_server_mechanism(mechanism, kEncrypted, &verifier);
  std::vector<Step> steps;
  for (const auto& response : responses) steps.push_back(net::result_for_test(server->step(response)));
  return steps;
}

std::string with_controls(std::string s) {
  for (char& c : s)
    if (c == '|') c = '\x01';
  return s;
}

}  // namespace

TEST_CASE("oauthbearer: messages") {
  struct Case {
    const char* message;  // | is ^A
    const char* user;     // null: a syntax error
    const char* token;
  };
  const Case cases[] = {
      // RFC 7628 4.1
      {"n,a=user@example.com,|host=server.example.com|port=143|auth=Bearer "
       "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==||",
       "user@example.com", "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg=="},
      {"n,a=user@example.com,|auth=||", "user@example.com", ""},  // 4.3
      {"n,,|auth=Bearer x||", "", "x"},
      {"y,,|auth=bearer  x|z=1||", "", "x"},
      {"p=tls-unique,,|auth=Bearer x||", nullptr, ""},
      {"n,,|auth=Basic x||", nullptr, ""},
      {"n,,|auth=Bearer||", nullptr, ""},
      {"n,,|auth=Bearer x y||", nullptr, ""},
      {"n,,|auth=Bearer x|", nullptr, ""},
      {"n,,|auth=Bearer x|auth=Bearer y||", nullptr, ""},
      {"n,,|host=x||", nullptr, ""},
      {"n,,||", nullptr, ""},
      {"n,,|auth=Bearer x||more", nullptr, ""},
      {"|", nullptr, ""},
      {"", nullptr, ""},
  };
  for (const Case& c : cases) {
    const auto message = OAuthMessage::parse_oauthbearer(with_controls(c.message));
    CAPTURE(c.message);
    CHECK(message.has_value() == (c.user != nullptr));
    if (!message || c.user == nullptr) continue;
    CHECK(message->authorization == c.user);
    CHECK(message->token == c.token);
  }
}

TEST_CASE("xoauth2: messages") {
  const auto good = OAuthMessage::parse_xoauth2(with_controls("user=someuser@example.com|auth=Bearer ya29.vF9dft4q||"));
  REQUIRE(good);
  CHECK(good->authorization == "someuser@example.com");
  CHECK(good->token == "ya29.vF9dft4q");
  for (const char* bad :
       {"", "user=x", "user=x|", "auth=Bearer x||", "user=x|auth=Bearer x|", "user=\xff|auth=Bearer x||"})
    CHECK_FALSE(OAuthMessage::parse_xoauth2(with_controls(bad)));
}

TEST_CASE("bearer tokens: accepted, refused with words, later") {
  const std::string good = "n,a=ann@example.org,|auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==||";
  CHECK(run("OAUTHBEARER", {with_controls(good)})[0].identity.user == "ann@example.org");
  const auto refused = run("OAUTHBEARER", {with_controls("n,,|auth=Bearer old||"), "\x01"});
  CHECK(refused[0].bytes == R"({"status":"invalid_token","schemes":"bearer",)"
                            R"("openid-configuration":"https://id.test/.well-known/openid-configuration"})");
  CHECK(refused[1].error.code == Code::bad_credentials);
  const auto asked = run("OAUTHBEARER", {with_controls("n,,|auth=||"), "\x01"});
  CHECK(asked[0].kind == Step::Kind::challenge);
  CHECK(asked[1].kind == Step::Kind::failed);
  CHECK(run("OAUTHBEARER", {with_controls("n,,|auth=Bearer later||")})[0].error.code == Code::unavailable);
  const auto google = run("XOAUTH2", {with_controls("user=ann|auth=Bearer old||"), ""});
  CHECK(google[0].bytes == R"({"status":"401","schemes":"bearer"})");
  CHECK(google[1].error.code == Code::bad_credentials);
}

TEST_CASE("bearer tokens: clients say what servers accept") {
  for (const auto kind : {OAuthClient::Kind::oauthbearer, OAuthClient::Kind::xoauth2}) {
    OAuthClient client(kind, "ann@example.org", "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==");
    const std::string name(client.name());
    CHECK(run(name.c_str(), {*client.step("")})[0].kind == Step::Kind::done);
    CHECK(client.is_complete());
    CHECK(client.step("{}"));
    CHECK_FALSE(client.is_complete());
    CHECK_FALSE(client.step("{}"));
  }
}

TEST_CASE("external: whom the certificate names") {
  CHECK(run("EXTERNAL", {""})[0].identity.user == "ann@example.org");
  CHECK(run("EXTERNAL", {"eve"})[0].error.code == Code::denied);
  CHECK(run("EXTERNAL", {"\xff"})[0].error.code == Code::syntax);
  sasl::ExternalClient client("");
  CHECK(client.step("")->empty());
  CHECK_FALSE(client.step(""));
}

TEST_CASE("mechanisms: what is offered follows the connection and the verifier") {
  TokenHolder all, passwords(false);
  using Names = std::vector<std::string_view>;
  CHECK(sasl::server_mechanisms({}, passwords) == Names{"PLAIN", "LOGIN"});
  CHECK(sasl::server_mechanisms({}, all) == Names{"SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN", "LOGIN"});
  Origin tls = kEncrypted;
  tls.channel_binding = [](net::ChannelBinding) { return "data"; };
  CHECK(sasl::server_mechanisms(tls, all) == Names{"SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256",
                                                   "SCRAM-SHA-1", "EXTERNAL", "OAUTHBEARER", "XOAUTH2", "PLAIN",
                                                   "LOGIN"});
  CHECK_FALSE(sasl::make_server_mechanism("XOAUTH2", {}, &all));
  CHECK_FALSE(sasl::make_server_mechanism("SCRAM-SHA-256-PLUS", {}, &all));
  CHECK_FALSE(sasl::make_server_mechanism("SCRAM-SHA-256", {}, &passwords));
}

TEST_CASE("clients: nothing that a listener could use goes in the clear") {
  struct Body {
    static Task<> run(net::Executor executor) {
      auto [client, server] = net::make_memory_pair(executor);
      const std::vector<std::string> offered = {"plain", "login", "xoauth2", "external", "scram-sha-1"};
      const auto name_for = [&](const sasl::ClientCredentials& credentials, std::vector<std::string> names) {
        const auto made = sasl::make_client_mechanism(names, credentials, *client);
        return made ? std::string(made->name()) : "none";
      };
      CHECK(name_for({.user = "u", .password = "p"}, offered) == "SCRAM-SHA-1");
      CHECK(name_for({.user = "u", .password = "p"}, {"PLAIN", "LOGIN"}) == "none");
      CHECK(name_for({.user = "u", .token = "t"}, offered) == "none");
      CHECK(name_for({.user = "u", .has_certificate = true}, offered) == "none");
      co_return;
    }
  };
  net::run_for_test([](const net::Executor& executor) { return Body::run(executor); });
}
