#include "posthorn/commands.h"

#include <doctest/doctest.h>

#include "base/random.h"
#include "mailstore/append.h"
#include "mailstore/expunge.h"
#include "posthorn/commands/times.h"
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

TEST_CASE("commands: what was deleted comes back, and an account is what it was") {
  TemporaryWorld w;
  const json::object ann{{"address", "ann@x.test"}};
  const auto with = [&](json::object more) {
    for (const auto& [key, value] : ann) more[key] = value;
    return more;
  };
  CHECK(w.run("domain add", {{"name", "x.test"}}) == "{}");
  CHECK(w.run("account add", with({{"password", "pw"}})) == "{}");
  const auto account = *w.world->mail.open_now(AccountId(1));
  const auto inbox = account->published()->find("INBOX")->id;
  mailstore::MessageWriter writer(w.world->mail, "");
  writer.feed("From: Bob <bob@y.test>\r\nSubject: =?utf-8?q?gr=C3=BCn?=\r\n\r\ntext\r\n");
  const auto message = *w.world->commands.run(writer.finish());
  std::vector<mailstore::Addition> additions;
  additions.push_back({message, {account, inbox, {}, wall_now(), true}});
  REQUIRE(w.world->commands.run(mailstore::append(&w.world->mail, std::move(additions))));
  CHECK(w.run("mailbox deleted", ann) == "[]");
  const auto open = *w.world->mail.open_mailbox_now(account, inbox);
  REQUIRE(w.world->commands.run(mailstore::remove_messages(&w.world->mail, open, mailstore::UidSet::of({Uid(1)}))));

  const auto listed = w.run("mailbox deleted", with({{"name", "inbox"}}));
  CHECK(listed.find("\"mailbox\":\"INBOX\",\"uid\":1,\"bytes\":64,\"from\":\"bob@y.test\",\"subject\":\"gr\u00fcn\"") !=
        std::string::npos);
  CHECK(w.run("mailbox deleted", with({{"name", "Sent"}})) == "[]");
  CHECK(w.run("mailbox undelete", with({{"name", "INBOX"}, {"uids", "2:*"}})) == "not_found");
  CHECK(w.run("mailbox undelete", with({{"name", "INBOX"}, {"uids", "x"}})) == "invalid");
  CHECK(w.run("mailbox undelete", with({{"name", "INBOX"}, {"since", "x"}})) == "invalid");
  CHECK(w.run("mailbox undelete", with({{"name", "INBOX"}, {"into", "a//b"}})) == "invalid");
  CHECK(w.run("mailbox undelete", with({{"name", "INBOX"}, {"uids", "1"}, {"since", "1h"}, {"into", "Back"}})) ==
        R"({"messages_back":1})");
  CHECK(w.run("mailbox deleted", ann) == "[]");
  CHECK(account->published()->find("Back")->messages == 1);

  CHECK(w.run("account rewind", with({{"to", "tomorrow"}})) == "invalid");
  CHECK(w.run("account rewind", with({{"to", "2999-01-01"}})) == "invalid");
  CHECK(w.run("account rewind", with({{"to", "1d"}})) == "unavailable");
  CHECK(w.run("account rewind", {{"address", "bob@x.test"}, {"to", "1d"}}) == "not_found");
  CHECK(w.run("account rewind", with({{"to", "0m"}})).find(R"("messages_back":0,"flags_back":0)") != std::string::npos);
  CHECK(w.run("store check").find(R"("wrong":[])") != std::string::npos);
}

TEST_CASE("commands: times") {
  const auto now = from_seconds(1'800'000'000);  // 2027-01-15 08:00:00
  struct Case {
    const char* in;
    const char* out;  // null: refused
  };
  const Case cases[] = {
      {"2026-11-21T14:00:00Z", "2026-11-21 14:00:00"},
      {"2026-11-21t14:00:00.25+01:30", "2026-11-21 12:30:00"},
      {"2026-11-21 23:30-01:00", "2026-11-22 00:30:00"},
      {"2024-02-29", "2024-02-29 00:00:00"},
      {"90m", "2027-01-15 06:30:00"},
      {"36h", "2027-01-13 20:00:00"},
      {"7d", "2027-01-08 08:00:00"},
      {"", nullptr},
      {"7", nullptr},
      {"7w", nullptr},
      {"-7d", nullptr},
      {"9999999d", nullptr},
      {"2025-02-29", nullptr},
      {"2026-13-01", nullptr},
      {"2026-11-21T", nullptr},
      {"2026-11-21T24:00", nullptr},
      {"2026-11-21T14:60", nullptr},
      {"2026-11-21T14:00:00Z ", nullptr},
      {"2026-11-21T14:00+1:00", nullptr},
      {"0000-01-01", nullptr},
      {"yesterday", nullptr},
  };
  for (const Case& c : cases) {
    const auto time = parse_time(c.in, now);
    CHECK_MESSAGE((time ? print_time(*time) : "") == (c.out ? c.out : ""), c.in);
  }
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
