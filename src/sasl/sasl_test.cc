#include <doctest/doctest.h>

#include "net/run_for_test.h"
#include "sasl/login.h"
#include "sasl/mechanism.h"
#include "sasl/plain.h"

using namespace posthorn;
using namespace std::string_literals;
using sasl::Step;
using sasl::Task;

namespace {

class OneUser final : public sasl::Verifier {
 public:
  Task<Result<sasl::Identity>> verify_password(sasl::Origin, std::string authorization, std::string user,
                                               std::string password) override {
    if (user != "tim" || password != "tanstaaftanstaaf") co_return fail(Code::bad_credentials, "no");
    if (!authorization.empty() && authorization != user) co_return fail(Code::denied, "not as another");
    co_return sasl::Identity{user};
  }
};

Task<> exchange(const char* mechanism, std::vector<std::string> responses, Step* last) {
  OneUser verifier;
  const auto server = sasl::make_server_mechanism(mechanism, {}, &verifier);
  for (auto& response : responses) *last = co_await server->step(response);
}

Step run(const char* mechanism, std::vector<std::string> responses) {
  Step last = Step::failed({Code::internal, ""});
  net::run_for_test([&](const net::Executor&) { return exchange(mechanism, responses, &last); });
  return last;
}

}  // namespace

TEST_CASE("plain: strict messages") {
  struct Case {
    std::string bytes;
    bool is_good;
  };
  const Case cases[] = {
      {"\0tim\0tanstaaftanstaaf"s, true},
      {"Ursel\0Kurt\0xipj3plmq"s, true},
      {"\0tim\0pässword"s, true},
      {"tim\0pw"s, false},
      {"\0tim\0pw\0"s, false},
      {"\0\0pw"s, false},
      {"\0tim\0"s, false},
      {"\0tim\0\xff"s, false},
      {""s, false},
      {"\0tim\0"s + std::string(1021, 'x'), false},
  };
  for (const Case& c : cases) {
    const auto parsed = sasl::PlainMessage::parse(c.bytes);
    CHECK(parsed.has_value() == c.is_good);
    if (parsed) CHECK(parsed->print() == c.bytes);
  }
}

TEST_CASE("plain: as myself, as another, and with a wrong password") {
  CHECK(run("plain", {"\0tim\0tanstaaftanstaaf"s}).identity.user == "tim");
  CHECK(run("PLAIN", {"tim\0tim\0tanstaaftanstaaf"s}).kind == Step::Kind::done);
  CHECK(run("PLAIN", {"eve\0tim\0tanstaaftanstaaf"s}).error.code == Code::denied);
  CHECK(run("PLAIN", {"\0tim\0wrong"s}).error.code == Code::bad_credentials);
  CHECK(run("PLAIN", {"nonsense"s}).error.code == Code::syntax);
}

TEST_CASE("login: the user name, then the password") {
  CHECK(run("LOGIN", {"tim"}).bytes == "Password:");
  CHECK(run("LOGIN", {"tim", "tanstaaftanstaaf"}).kind == Step::Kind::done);
  CHECK(run("LOGIN", {"tim", "wrong"}).error.code == Code::bad_credentials);
  CHECK(run("LOGIN", {""}).error.code == Code::syntax);
  CHECK(run("LOGIN", {"t\0m"s}).error.code == Code::syntax);
}

TEST_CASE("clients say what servers accept") {
  sasl::PlainClient plain({"", "tim", "tanstaaftanstaaf"});
  CHECK(run("PLAIN", {*plain.step("")}).kind == Step::Kind::done);
  CHECK_FALSE(plain.step(""));
  sasl::LoginClient login("tim", "tanstaaftanstaaf");
  CHECK(run("LOGIN", {*login.step("User Name"), *login.step("Password:")}).kind == Step::Kind::done);
  CHECK_FALSE(login.step("more"));
}

TEST_CASE("mechanisms: every announced one can be made") {
  OneUser verifier;
  for (const auto name : sasl::server_mechanisms({}, verifier)) CHECK(sasl::make_server_mechanism(name, {}, &verifier));
  CHECK_FALSE(sasl::make_server_mechanism("CRAM-MD5", {}, &verifier));
}
