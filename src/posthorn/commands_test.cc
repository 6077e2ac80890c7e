#include "posthorn/commands.h"

#include <doctest/doctest.h>

#include "base/random.h"
#include "posthorn/control.h"

using namespace posthorn;
using namespace posthorn::program;
namespace json = boost::json;

namespace {

/// A world in a folder that is gone after the test.
struct TemporaryWorld {
  TemporaryWorld() {
    Config config;
    config.hostname = "test";
    config.data = std::filesystem::temp_directory_path() / ("posthorn-" + random_name(10));
    config.reserve_bytes = 0;
    auto opened = World::open(config);
    REQUIRE(opened);
    world = std::move(*opened);
  }
  ~TemporaryWorld() {
    const auto folder = world->config.data;
    world.reset();
    std::filesystem::remove_all(folder);
  }
  std::string run(std::string_view name, const json::object& arguments = {}) {
    const auto result = run_command(*world, name, arguments);
    return result ? json::serialize(*result) : std::string(name_of(result.error().code));
  }
  std::unique_ptr<World> world;
};

}  // namespace

TEST_CASE("world: an account whose making was stopped in the middle is completed") {
  TemporaryWorld w;
  CHECK(w.run("domain add", {{"name", "x.test"}}) == "{}");
  CHECK(w.run("account add", {{"address", "a@x.test"}, {"password", "pw"}}) == "{}");
  REQUIRE(w.world->directory.add_account("b@x.test", ""));
  CHECK(w.run("account show", {{"address", "b@x.test"}}) == "not_found");
  CHECK(w.world->complete_accounts());
  CHECK(w.world->complete_accounts());
  CHECK(w.run("account show", {{"address", "b@x.test"}}).find("INBOX") != std::string::npos);
  CHECK(w.run("account show", {{"address", "a@x.test"}}).find("INBOX") != std::string::npos);
}

TEST_CASE("commands: domains and accounts from their beginning to their end") {
  TemporaryWorld w;
  CHECK(w.run("account add", {{"address", "a@x.test"}, {"password", "pw"}}) == "not_found");
  CHECK(w.run("domain add", {{"name", "x.test"}}) == "{}");
  CHECK(w.run("domain add", {{"name", "X.test"}}) == "already_exists");
  CHECK(w.run("domain list") == R"([{"name":"x.test","catch_all":"","subaddress":"+"}])");
  CHECK(w.run("account add", {{"address", "a@x.test"}}) == "invalid");
  CHECK(w.run("account add", {{"address", "a@x.test"}, {"password", "pw"}}) == "{}");
  CHECK(w.run("account add", {{"address", "A@x.test"}, {"password", "pw"}}) == "already_exists");
  CHECK(w.run("account list") == R"([{"address":"a@x.test","id":1,"state":"active"}])");
  CHECK(w.run("account set", {{"address", "a@x.test"}, {"quota_bytes", 1000}}) == "{}");
  CHECK(w.run("account set", {{"address", "a@x.test"}, {"quota_bytes", -1}}) == "invalid");
  CHECK(w.run("account show", {{"address", "a@x.test"}}).find("\"quota_bytes\":1000") != std::string::npos);
  CHECK(w.run("account password", {{"address", "a@x.test"}, {"password", "other"}}) == "{}");
  CHECK(w.run("account password", {{"address", "b@x.test"}, {"password", "other"}}) == "not_found");
  CHECK(w.run("domain remove", {{"name", "x.test"}}) == "conflict");
  CHECK(w.run("store check") == R"({"accounts":1,"messages":0,"log_entries":2,"wrong":[]})");
  CHECK(w.run("account remove", {{"address", "a@x.test"}}) == "{}");
  CHECK(w.run("domain remove", {{"name", "x.test"}}) == "{}");
  CHECK(w.run("store check") == R"({"accounts":0,"messages":0,"log_entries":0,"wrong":[]})");
  CHECK(w.run("brew coffee") == "not_found");
}

TEST_CASE("commands: an account that gets no mailboxes is not there") {
  TemporaryWorld w;
  CHECK(w.run("domain add", {{"name", "x.test"}}) == "{}");
  REQUIRE(w.world->mail.create_account(AccountId(1)));
  CHECK(w.run("account add", {{"address", "a@x.test"}, {"password", "pw"}}) == "already_exists");
  CHECK(w.run("account list") == "[]");
  CHECK(w.run("account add", {{"address", "a@x.test"}, {"password", "pw"}}) == "{}");
}

TEST_CASE("control: commands reach the server by its socket, and nothing answers where none runs") {
  TemporaryWorld w;
  const auto socket = control_socket(w.world->config);
  CHECK_FALSE(ask_server(socket, "domain list", {}));
  {
    const auto server = ControlServer::start(*w.world, socket);
    REQUIRE(server);
    const auto added = ask_server(socket, "domain add", {{"name", "x.test"}});
    REQUIRE(added);
    CHECK(*added);
    const auto again = ask_server(socket, "domain add", {{"name", "x.test"}});
    CHECK(again->error().text == "the domain x.test exists");
    CHECK(json::serialize(**ask_server(socket, "domain list", {})) ==
          R"([{"name":"x.test","catch_all":"","subaddress":"+"}])");
  }
  CHECK_FALSE(std::filesystem::exists(socket));
}

TEST_CASE("control: an answer may be long") {
  TemporaryWorld w;
  REQUIRE(w.world->directory.add_domain("x.test"));
  std::vector<std::string> addresses;
  for (int i = 0; i < 20'000; ++i) addresses.push_back("account-number-" + std::to_string(i) + "@x.test");
  REQUIRE(w.world->directory.add_accounts(addresses, {}));
  const auto server = ControlServer::start(*w.world, control_socket(w.world->config));
  REQUIRE(server);
  const auto listed = ask_server(control_socket(w.world->config), "account list", {});
  REQUIRE(listed);
  REQUIRE(*listed);
  CHECK((*listed)->as_array().size() == addresses.size());
}
