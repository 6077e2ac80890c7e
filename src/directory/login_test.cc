#include "directory/login.h"

#include <doctest/doctest.h>

#include "base/log.h"
#include "base/text.h"
#include "directory/app_password.h"
#include "net/run_for_test.h"
#include "sasl/password.h"
#include "store/memory/memory_store.h"

using namespace posthorn;
using directory::AccountEntry;

namespace {

directory::LoginOptions options_for_test() {
  directory::LoginOptions options;
  options.policy.cost = sasl::kCheapestCost;
  options.answer_every = options.wrong.longest_delay = {};
  options.masters = {"root@x.test"};
  options.default_domain = "x.test";
  return options;
}

/// Another directory, of one domain: whoever is there has the password "outside".
struct Elsewhere final : directory::Outside {
  std::string_view name() const override { return "elsewhere"; }
  bool serves(std::string_view domain) const override { return domain == "out.test"; }
  Result<std::optional<directory::OutsideUser>> find(const std::string& address) override {
    if (is_down) return fail(Code::unavailable, "down");
    if (address == "mallory@out.test") return std::optional(directory::OutsideUser{"ann@x.test", "", {}});
    if (address != "eve@out.test") return std::nullopt;
    return std::optional(directory::OutsideUser{address, "Eve", 1000});
  }
  Result<std::optional<std::vector<std::string>>> members(const std::string&) override { return std::nullopt; }
  Result<std::optional<directory::OutsideUser>> verify(const std::string& address, const std::string& p) override {
    ++asked;
    auto user = find(address);
    if (user && p != "outside") return std::nullopt;
    return user;
  }
  bool is_down = false;
  int asked = 0;
};

struct World {
  World() {
    base::log::configure(base::log::error, base::log::Format::text);
    REQUIRE(directory.open());
    REQUIRE(directory.add_domain("x.test"));
    for (const char* name : {"ann@x.test", "root@x.test"}) {
      AccountEntry entry{.address = name};
      REQUIRE(directory::set_password(entry, "right", {.cost = sasl::kCheapestCost}, directory.secret()));
      REQUIRE(directory.add_accounts({entry.address}, entry));
    }
  }

  static sasl::Origin from(const char* peer, sasl::Service service = sasl::Service::imap) {
    return {.service = service, .peer = *net::IpAddress::parse(peer), .session = "s"};
  }
  /// The user and credential, or the error's name.
  static std::string told(const Result<sasl::Identity>& identity) {
    if (!identity) return std::string(name_of(identity.error().code));
    return identity->user + (identity->credential.empty() ? "" : "/" + identity->credential);
  }
  std::string log_in(std::string password, const char* peer = "192.0.2.1", std::string user = "ann@x.test",
                     std::string authorization = "", sasl::Service service = sasl::Service::imap) {
    return told(net::result_for_test(context, login.verify_password(from(peer, service), std::move(authorization),
                                                                    std::move(user), std::move(password))));
  }
  std::string add_app_password(directory::AppPassword entry) {
    const auto secret = directory::make_app_secret();
    const auto id = (*directory.find("ann@x.test"))->id;
    entry.digest = directory::app_secret_digest(directory.secret(), id, *directory::read_app_secret(secret));
    REQUIRE(directory.add_app_password("ann@x.test", entry));
    return secret;
  }
  void set(const char* address, const std::function<void(AccountEntry&)>& change) {
    REQUIRE(directory.change_account(address, [&](AccountEntry& entry) -> Result<void> {
      change(entry);
      return {};
    }));
  }

  boost::asio::io_context context{1};
  store::MemoryStore store;
  directory::Directory directory{store};
  Elsewhere elsewhere;
  directory::Login login{directory, options_for_test()};
};

}  // namespace

TEST_CASE("login: right and wrong passwords") {
  World w;
  CHECK(w.log_in("right") == "ann@x.test");
  CHECK(w.log_in("right", "192.0.2.1", "ANN@X.Test") == "ann@x.test");
  CHECK(w.log_in("right", "192.0.2.1", "ann") == "ann@x.test");
  CHECK(w.log_in("wrong") == "bad_credentials");
  CHECK(w.log_in("right", "192.0.2.1", "nobody@x.test") == "bad_credentials");
  CHECK(w.log_in("right", "192.0.2.1", "nobody@far.test") == "bad_credentials");
  for (const auto* user : {"*", "ann@x.test*", "*)(uid=*", "' OR '1'='1", "ann@x.test\\", "ann@x.test' --", "@", ""})
    CHECK_MESSAGE(w.log_in("right", "192.0.2.2", user) == "bad_credentials", user);
  w.set("ann@x.test", [](auto& e) { e.password_hash = ""; });
  CHECK(w.log_in("", "192.0.2.3") == "bad_credentials");
}

TEST_CASE("login: the same letters are the same password, however they are encoded") {
  const std::string composed = "gr\u00fc\u00df", decomposed = "gru\u0308\u00df";
  World w;
  w.set("ann@x.test", [&](auto& e) {
    REQUIRE(directory::set_password(e, decomposed, {.cost = sasl::kCheapestCost}, w.directory.secret()));
  });
  CHECK(w.log_in(composed) == "ann@x.test");
  CHECK(w.log_in(decomposed) == "ann@x.test");
  CHECK(w.log_in("gru\u00df") == "bad_credentials");
  // Another server has hashed what was typed.
  w.set("root@x.test", [&](auto& e) {
    REQUIRE(directory::set_password_hash(e, *sasl::hash_password(decomposed, sasl::kCheapestCost)));
  });
  CHECK(w.log_in(decomposed, "192.0.2.1", "root@x.test") == "root@x.test");
}

TEST_CASE("login: wrong answers come at the same time, right ones at once") {
  World w;
  auto options = options_for_test();
  options.answer_every = std::chrono::milliseconds(100);
  directory::Login login(w.directory, options);
  const auto time_of = [&](const char* user, const char* password) {
    const auto begun = steady_now();
    (void)net::result_for_test(w.context, login.verify_password(World::from("192.0.2.1"), "", user, password));
    return steady_now() - begun;
  };
  CHECK(time_of("nobody@x.test", "wrong") >= std::chrono::milliseconds(100));
  CHECK(time_of("ann@x.test", "wrong") >= std::chrono::milliseconds(100));
  CHECK(time_of("ann@x.test", "wrong") >= std::chrono::milliseconds(100));  // which is known to be wrong
  CHECK(time_of("ann@x.test", "right") < std::chrono::milliseconds(100));
}

TEST_CASE("login: a telephone with an old password locks nobody out, itself included") {
  World w;
  for (int i = 0; i < 300; ++i) CHECK(w.log_in("old") == "bad_credentials");
  CHECK(w.log_in("right") == "ann@x.test");
  CHECK(w.login.tallies("ann@x.test").front().wrong == 1);
  // The old one becomes the right one: it is not remembered as wrong.
  w.set("ann@x.test", [&](auto& e) {
    CHECK(directory::set_password(e, "old", {.cost = sasl::kCheapestCost}, w.directory.secret()));
  });
  CHECK(w.log_in("right") == "bad_credentials");
  CHECK(w.log_in("old") == "ann@x.test");
}

TEST_CASE("login: a guesser is refused, the owner is not, and it ends by itself") {
  TurnedClock clock(from_seconds(1'700'000'000));
  World w;
  CHECK(w.log_in("right", "192.0.2.7") == "ann@x.test");
  for (int i = 0; i < 10; ++i) CHECK(w.log_in(std::to_string(i), "203.0.113.9") == "bad_credentials");
  CHECK(w.log_in("11", "203.0.113.9") == "too_many");
  CHECK(w.log_in("right", "203.0.113.9") == "too_many");
  CHECK(w.log_in("3", "203.0.113.9") == "bad_credentials");
  CHECK(w.log_in("right", "192.0.2.7") == "ann@x.test");
  CHECK(w.log_in("right", "192.0.2.8") == "ann@x.test");
  const auto tallies = w.login.tallies("ann@x.test");
  REQUIRE(tallies.size() == 1);
  CHECK(tallies.front().is_refused);
  CHECK(tallies.front().network.text() == "203.0.113.9");
  SUBCASE("after the window") {
    clock.advance(std::chrono::minutes(16));
    CHECK(w.log_in("right", "203.0.113.9") == "ann@x.test");
  }
  SUBCASE("when it is cleared") {
    w.login.clear("ann@x.test");
    CHECK(w.log_in("right", "203.0.113.9") == "ann@x.test");
  }
}

TEST_CASE("login: who lately logged in from a network still does, whatever is tried beside him") {
  World w;
  CHECK(w.log_in("right") == "ann@x.test");
  for (int i = 0; i < 120; ++i) w.log_in(std::to_string(i));
  CHECK(w.log_in("new guess") == "too_many");
  CHECK(w.log_in("right") == "ann@x.test");
}

TEST_CASE("login: unknown users are refused as known ones, and a network over all users") {
  World w;
  for (int i = 0; i < 10; ++i) CHECK(w.log_in(std::to_string(i), "203.0.113.9", "nobody@x.test") == "bad_credentials");
  CHECK(w.log_in("11", "203.0.113.9", "nobody@x.test") == "too_many");
  CHECK(w.log_in("right", "203.0.113.9") == "ann@x.test");
  for (int i = 0; i < 100; ++i) w.log_in("x", "203.0.113.10", "n" + std::to_string(i) + "@x.test");
  CHECK(w.log_in("right", "203.0.113.10") == "too_many");
}

TEST_CASE("login: what was verified is not hashed again, until the password changes") {
  World w;
  CHECK(w.log_in("right") == "ann@x.test");
  w.set("ann@x.test", [](auto& e) { e.password_hash = ""; });  // nothing left to verify by
  CHECK(w.log_in("right") == "ann@x.test");
  w.set("ann@x.test", [](auto& e) { ++e.credential_version; });
  CHECK(w.log_in("right") == "bad_credentials");
}

TEST_CASE("login: disabled accounts, and protocols that an account may not use") {
  World w;
  w.set("ann@x.test", [](auto& e) { e.protocols = 4; });
  CHECK(w.log_in("right") == "denied");
  CHECK(w.log_in("right", "192.0.2.1", "ann@x.test", "", sasl::Service::smtp) == "ann@x.test");
  w.set("ann@x.test", [](auto& e) { e.state = directory::AccountState::no_login; });
  CHECK(w.log_in("right", "192.0.2.1", "ann@x.test", "", sasl::Service::smtp) == "denied");
  CHECK(w.log_in("wrong") == "bad_credentials");
}

TEST_CASE("login: app passwords, within their scope") {
  World w;
  directory::AppPassword phone;
  phone.name = "phone";
  phone.protocols = 1;
  const auto secret = w.add_app_password(phone);
  CHECK(w.log_in(secret) == "ann@x.test/phone");
  auto typed = to_upper(secret);
  std::erase(typed, '-');
  CHECK(w.log_in(typed) == "ann@x.test/phone");
  CHECK(w.log_in(secret, "192.0.2.1", "ann@x.test", "", sasl::Service::smtp) == "denied");
  CHECK(w.log_in(secret, "192.0.2.1", "root@x.test") == "bad_credentials");
  CHECK(w.log_in(secret, "192.0.2.1", "ann@x.test", "root@x.test") == "denied");
  CHECK(w.directory.app_passwords((*w.directory.find("ann@x.test"))->id)->front().last_used != 0);
  CHECK(w.directory.remove_app_password("ann@x.test", "phone"));
  CHECK(w.log_in(secret) == "bad_credentials");
  directory::AppPassword old;
  old.name = "old";
  old.expires = 1;
  CHECK(w.log_in(w.add_app_password(old)) == "denied");
}

TEST_CASE("login: secrets of app passwords are read as they are typed") {
  CHECK(directory::make_app_secret().size() == 29);
  CHECK(directory::make_app_secret() != directory::make_app_secret());
  CHECK(*directory::read_app_secret("OIL00 abcde-abcde abcdeABCDE") == "01100abcdeabcdeabcdeabcde");
  for (const auto* bad : {"", "abcde", "abcde-abcde-abcde-abcde-abcd!", "uuuuu-uuuuu-uuuuu-uuuuu-uuuuu"})
    CHECK_FALSE(directory::read_app_secret(bad));
}

TEST_CASE("login: only masters act for others") {
  World w;
  CHECK(w.log_in("right", "192.0.2.1", "ann@x.test", "ann@x.test") == "ann@x.test");
  CHECK(w.log_in("right", "192.0.2.1", "ann@x.test", "root@x.test") == "denied");
  CHECK(w.log_in("right", "192.0.2.1", "root@x.test", "ann@x.test") == "ann@x.test");
  CHECK(w.log_in("right", "192.0.2.1", "root@x.test", "nobody@x.test") == "denied");
  CHECK(w.log_in("wrong", "192.0.2.1", "root@x.test", "ann@x.test") == "bad_credentials");
}

TEST_CASE("login: an imported password becomes ours when it is right") {
  World w;
  AccountEntry entry{.address = "old@x.test"};
  REQUIRE(directory::set_password_hash(entry, "{PLAIN}imported"));
  CHECK(directory::set_password_hash(entry, "{NO-SUCH}x").error().code == Code::not_supported);
  REQUIRE(w.directory.add_accounts({"old@x.test"}, entry));
  CHECK_FALSE(w.directory.all_have_scram());
  CHECK_FALSE(w.login.takes(sasl::Proof::scram_sha_256));
  CHECK(w.log_in("not it", "192.0.2.1", "old@x.test") == "bad_credentials");
  CHECK(w.log_in("imported", "192.0.2.1", "old@x.test") == "old@x.test");
  CHECK((*w.directory.find("old@x.test"))->password_hash.starts_with("$argon2id$"));
  CHECK(w.log_in("imported", "192.0.2.1", "old@x.test") == "old@x.test");
  CHECK(w.login.takes(sasl::Proof::scram_sha_256));
}

TEST_CASE("login: other directories") {
  World w;
  std::optional<std::uint64_t> quota;
  w.directory.attach(&w.elsewhere, [&](AccountId, std::optional<std::uint64_t> bytes) -> Result<void> {
    quota = bytes;
    return {};
  });
  const auto log_in = [&](const char* user, const char* password) { return w.log_in(password, "192.0.2.1", user); };
  CHECK(log_in("eve@out.test", "outside") == "not_found");  // its domain is not here
  REQUIRE(w.directory.add_domain("out.test"));
  CHECK(log_in("eve@out.test", "no") == "bad_credentials");
  CHECK(log_in("zoe@out.test", "outside") == "bad_credentials");
  CHECK(log_in("eve@out.test", "outside") == "eve@out.test");
  CHECK(quota == 1000);
  CHECK((*w.directory.find("eve@out.test"))->is_outside);
  const auto asked = w.elsewhere.asked;
  CHECK(log_in("eve@out.test", "outside") == "eve@out.test");
  CHECK(w.elsewhere.asked == asked);
  w.elsewhere.is_down = true;
  CHECK(log_in("zoe@out.test", "x") == "unavailable");
  CHECK(log_in("ann@x.test", "right") == "ann@x.test");
  CHECK(w.directory.resolve("zoe@out.test", {}).error().code == Code::unavailable);
  CHECK(w.directory.resolve("eve@out.test", {}).error().code == Code::unavailable);
  w.elsewhere.is_down = false;
  CHECK(w.directory.resolve("eve+lists@out.test", {})->targets.size() == 1);
  CHECK(w.directory.resolve("zoe@out.test", {}).error().code == Code::not_found);
}

TEST_CASE("login: who is in another directory under an address of this one does not get its account") {
  World w;
  w.directory.attach(&w.elsewhere, [](AccountId, std::optional<std::uint64_t>) { return Result<void>(); });
  REQUIRE(w.directory.add_domain("out.test"));
  CHECK(w.log_in("outside", "192.0.2.1", "mallory@out.test") == "bad_credentials");
  CHECK(w.directory.resolve("mallory@out.test", {})->targets.front().account.address == "ann@x.test");
}

TEST_CASE("login: an account of another directory is made whole or not at all") {
  World w;
  bool is_full = true;
  w.directory.attach(&w.elsewhere, [&](AccountId, std::optional<std::uint64_t>) -> Result<void> {
    return is_full ? fail(Code::full_disk, "full") : Result<void>();
  });
  REQUIRE(w.directory.add_domain("out.test"));
  CHECK(w.log_in("outside", "192.0.2.1", "eve@out.test") == "full_disk");
  CHECK_FALSE(*w.directory.find("eve@out.test"));
  is_full = false;
  CHECK(w.log_in("outside", "192.0.2.1", "eve@out.test") == "eve@out.test");
}

TEST_CASE("login: SCRAM's salts tell nobody who is there, and stay the same") {
  World w;
  const auto keys = [&](std::string user) {
    return *net::result_for_test(w.context,
                                 w.login.scram_keys(World::from("192.0.2.1"), std::move(user), codec::Hash::sha256));
  };
  CHECK(keys("nobody@x.test").salt == keys("nobody@x.test").salt);
  CHECK(keys("nobody@x.test").salt.size() == keys("ann@x.test").salt.size());
  CHECK(keys("nobody@x.test").iterations == keys("ann@x.test").iterations);
  CHECK(keys("ann@x.test").fit("right"));
  directory::AppPassword phone;
  phone.name = "phone";
  phone.digest = "d";
  phone.protocols = 1;
  phone.scram_sha_256 = directory::scram_keys_of(codec::Hash::sha256, "secret", "ann@x.test", w.directory.secret());
  REQUIRE(w.directory.add_app_password("ann@x.test", phone));
  REQUIRE(keys("ann@x.test").others.size() == 1);
  CHECK(keys("ann@x.test").others.front().fit("secret"));
  CHECK(keys("ann@x.test").others.front().credential == "phone");
  const auto conclude = [&](std::optional<std::string> proved, sasl::Service service) {
    return World::told(net::result_for_test(
        w.context, w.login.conclude_scram(World::from("192.0.2.1", service), "", "ann@x.test", std::move(proved))));
  };
  CHECK(conclude("", sasl::Service::imap) == "ann@x.test");
  CHECK(conclude("phone", sasl::Service::imap) == "ann@x.test/phone");
  CHECK(conclude("phone", sasl::Service::smtp) == "denied");
  CHECK(conclude("gone", sasl::Service::imap) == "bad_credentials");
  CHECK(conclude(std::nullopt, sasl::Service::imap) == "bad_credentials");
}

TEST_CASE("wrong passwords: how much is remembered") {
  directory::WrongPasswordLimits limits;
  limits.most = 10;
  limits.trusted = {*net::IpNetwork::parse("192.0.2.0/24")};
  directory::WrongPasswords wrong(limits);
  const auto peer = *net::IpAddress::parse("203.0.113.9");
  for (directory::Fingerprint user = 0; user < 1000; ++user) wrong.count(user, peer, 1);
  CHECK(wrong.tallies(1).empty());
  CHECK(wrong.tallies(999).size() == 1);
  const auto proxy = *net::IpAddress::parse("192.0.2.5");
  for (directory::Fingerprint secret = 0; secret < 1000; ++secret) CHECK(wrong.count(5, proxy, secret) == Duration(0));
  CHECK_FALSE(wrong.look(5, proxy, 4).is_refused);
}
