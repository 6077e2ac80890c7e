#include <doctest/doctest.h>

#include <fmt/format.h>

#include "directory/directory.h"
#include "store/memory/memory_store.h"

using namespace posthorn;
using directory::AccountState;
using directory::DetailRule;
using directory::GroupSenders;

namespace {

struct World {
  World() {
    REQUIRE(directory.add_domain("x.test"));
    for (const char* name : {"ann@x.test", "bob@x.test", "jean-paul@x.test"}) REQUIRE(directory.add_account(name, ""));
  }
  void set_domain(const std::function<void(directory::DomainEntry&)>& change) {
    REQUIRE(directory.change_domain("x.test", [&](auto& entry) -> Result<void> {
      change(entry);
      return {};
    }));
  }
  void set(const char* address, const std::function<void(directory::AccountEntry&)>& change) {
    REQUIRE(directory.change_account(address, [&](auto& entry) -> Result<void> {
      change(entry);
      return {};
    }));
  }
  /// "ann@x.test bob@x.test#detail", or the error's name.
  std::string who(std::string_view address, std::string sender = "") {
    const auto found =
        directory.resolve(address, {.hostname = "mx.test", .postmaster = "bob@x.test", .sender = std::move(sender)});
    if (!found) return std::string(name_of(found.error().code));
    std::string out;
    for (const auto& [account, detail] : found->targets)
      out += (out.empty() ? "" : " ") + account.address + (detail.empty() ? "" : "#" + detail);
    return out;
  }

  store::MemoryStore store;
  directory::Directory directory{store};
};

}  // namespace

TEST_CASE("resolve: accounts, aliases, groups") {
  World w;
  CHECK(w.directory.add_alias({"Info@x.test", {"ann@x.test", "bob@x.test", "ANN@x.test"}}));
  CHECK(w.directory.add_group({"team@x.test", "Team", GroupSenders::anyone, {"info@x.test", "bob@x.test"}}));
  CHECK(w.who("ANN@X.test") == "ann@x.test");
  CHECK(w.who("info@x.test") == "ann@x.test bob@x.test");
  CHECK(w.who("team@x.test") == "ann@x.test bob@x.test");
  CHECK(w.who("nobody@x.test") == "not_found");
  CHECK(w.who("ann@far.test") == "denied");
  CHECK(w.who("no address") == "not_found");
}

TEST_CASE("resolve: an address is one thing, of a domain that is here, for somebody who is here") {
  World w;
  CHECK(w.directory.add_alias({"ann@x.test", {"bob@x.test"}}).error().code == Code::already_exists);
  CHECK(w.directory.add_alias({"a@x.test", {"me@elsewhere.test"}}).error().code == Code::not_supported);
  CHECK(w.directory.add_alias({"a@x.test", {"nobody@x.test"}}).error().code == Code::not_found);
  CHECK(w.directory.add_alias({"a@x.test", {"a@x.test"}}).error().code == Code::invalid);
  CHECK(w.directory.add_alias({"a@x.test", {}}).error().code == Code::invalid);
  CHECK(w.directory.add_alias({"a@far.test", {"ann@x.test"}}).error().code == Code::not_found);
  REQUIRE(w.directory.add_alias({"a@x.test", {"ann@x.test"}}));
  CHECK(w.directory.add_account("A@x.test", "").error().code == Code::already_exists);
  CHECK(w.directory.remove_account("ann@x.test"));
  CHECK(w.directory.remove_account("bob@x.test"));
  CHECK(w.directory.remove_account("jean-paul@x.test"));
  CHECK(w.directory.remove_domain("x.test").error().code == Code::conflict);
  CHECK(w.directory.remove_alias("A@x.test"));
  CHECK(w.directory.remove_alias("a@x.test").error().code == Code::not_found);
  CHECK(w.directory.remove_domain("x.test"));
}

TEST_CASE("resolve: details, with the longest address before them") {
  World w;
  w.set("ann@x.test", [](auto& e) { e.detail = DetailRule::mailbox; });
  w.set("jean-paul@x.test", [](auto& e) { e.detail = DetailRule::mailbox; });
  CHECK(w.who("ann+lists@x.test") == "ann@x.test#lists");
  CHECK(w.who("ann+a+b@x.test") == "ann@x.test#a+b");
  CHECK(w.who("ann+@x.test") == "ann@x.test");
  CHECK(w.who("bob+lists@x.test") == "bob@x.test");
  CHECK(w.who("+lists@x.test") == "not_found");
  CHECK(w.who("ann-lists@x.test") == "not_found");
  REQUIRE(w.directory.add_alias({"info@x.test", {"ann@x.test"}}));
  CHECK(w.who("info+lists@x.test") == "ann@x.test#lists");
  w.set_domain([](auto& d) { d.separator = "-"; });
  CHECK(w.who("jean-paul-lists@x.test") == "jean-paul@x.test#lists");
  CHECK(w.who("ann+lists@x.test") == "not_found");
  w.set_domain([](auto& d) { d.separator = ""; });
  CHECK(w.who("ann-lists@x.test") == "not_found");
  CHECK(w.who("--------------------------------@x.test") == "not_found");
}

TEST_CASE("resolve: postmasters and catch-alls, in this order") {
  World w;
  CHECK(w.who("postmaster@x.test") == "bob@x.test");
  CHECK(w.who("Postmaster@mx.test") == "bob@x.test");
  CHECK(w.who("other@mx.test") == "not_found");
  w.set_domain([](auto& d) { d.catch_all = "ann@x.test"; });
  CHECK(w.who("anything@x.test") == "ann@x.test");
  CHECK(w.who("postmaster@x.test") == "bob@x.test");
  CHECK(w.who("bob@x.test") == "bob@x.test");
  w.set_domain([](auto& d) { d.catch_all = "gone@x.test"; });
  CHECK(w.who("anything@x.test") == "not_found");
}

TEST_CASE("resolve: who may send to a group") {
  World w;
  REQUIRE(w.directory.add_domain("y.test"));
  REQUIRE(w.directory.add_account("eve@y.test", ""));
  REQUIRE(w.directory.add_group({"inner@x.test", "", GroupSenders::members, {"ann@x.test"}}));
  REQUIRE(w.directory.add_group({"team@x.test", "", GroupSenders::members, {"inner@x.test", "bob@x.test"}}));
  REQUIRE(w.directory.add_group({"all@x.test", "", GroupSenders::domain, {"ann@x.test"}}));
  CHECK(w.who("team@x.test") == "denied");
  CHECK(w.who("team@x.test", "eve@y.test") == "denied");
  CHECK(w.who("team@x.test", "ann@x.test") == "ann@x.test bob@x.test");
  CHECK(w.who("team@x.test", "bob@x.test") == "bob@x.test");  // who may not send to the group within
  CHECK(w.who("all@x.test", "eve@y.test") == "denied");
  CHECK(w.who("all@x.test", "bob@x.test") == "ann@x.test");
  CHECK(w.who("all@x.test") == "denied");
}

TEST_CASE("resolve: loops end, depth and width are bounded") {
  World w;
  REQUIRE(w.directory.add_alias({"a0@x.test", {"ann@x.test"}}));
  for (int i = 1; i < 14; ++i)
    REQUIRE(w.directory.add_alias({fmt::format("a{}@x.test", i), {fmt::format("a{}@x.test", std::max(0, i - 1))}})
                .has_value() == (i <= 10));
  REQUIRE(w.directory.add_group({"g@x.test", "", GroupSenders::anyone, {"bob@x.test"}}));
  REQUIRE(w.directory.add_group({"h@x.test", "", GroupSenders::anyone, {"g@x.test"}}));
  REQUIRE(w.directory.change_group("g@x.test", {.add = {"h@x.test"}}));
  CHECK(w.who("g@x.test") == "bob@x.test");
  CHECK(w.who("h@x.test") == "bob@x.test");
  REQUIRE(w.directory.change_group("g@x.test", {.remove = {"BOB@x.test"}}));
  CHECK(w.who("g@x.test") == "not_found");
  CHECK(w.directory.change_group("g@x.test", {.remove = {"bob@x.test"}}).error().code == Code::not_found);
  CHECK(w.directory.change_group("nog@x.test", {}).error().code == Code::not_found);
}

TEST_CASE("resolve: who is gone or closed keeps mail from nobody else") {
  World w;
  REQUIRE(w.directory.add_alias({"info@x.test", {"ann@x.test", "bob@x.test"}}));
  w.set("ann@x.test", [](auto& e) { e.state = AccountState::closed; });
  CHECK(w.who("ann@x.test") == "denied");
  CHECK(w.who("info@x.test") == "bob@x.test");
  w.set("ann@x.test", [](auto& e) { e.state = AccountState::no_login; });
  CHECK(w.who("ann@x.test") == "ann@x.test");
  REQUIRE(w.directory.remove_account("bob@x.test"));
  CHECK(w.who("info@x.test") == "ann@x.test");
  CHECK(*w.directory.named_by("bob@x.test") == std::vector<std::string>{"alias info@x.test"});
  w.set("ann@x.test", [](auto& e) { e.state = AccountState::closed; });
  CHECK(w.who("info@x.test") == "not_found");
}

TEST_CASE("resolve: what an account owns") {
  World w;
  REQUIRE(w.directory.add_alias({"info@x.test", {"ann@x.test"}}));
  const auto ann = **w.directory.find("ann@x.test"), bob = **w.directory.find("bob@x.test");
  CHECK(*w.directory.owns(ann, "ann@x.test"));
  CHECK(*w.directory.owns(ann, "ann+shop@x.test"));
  CHECK(*w.directory.owns(ann, "info@x.test"));
  CHECK_FALSE(*w.directory.owns(bob, "info@x.test"));
  CHECK_FALSE(*w.directory.owns(bob, "postmaster@x.test"));
  CHECK_FALSE(*w.directory.owns(ann, "ann@far.test"));
  REQUIRE(w.directory.add_group({"team@x.test", "", GroupSenders::anyone, {"ann@x.test", "bob@x.test"}}));
  REQUIRE(w.directory.add_alias({"crew@x.test", {"team@x.test"}}));
  CHECK_FALSE(*w.directory.owns(ann, "team@x.test"));
  CHECK_FALSE(*w.directory.owns(ann, "crew@x.test"));
  w.set_domain([](auto& d) { d.catch_all = "ann@x.test"; });
  CHECK(*w.directory.owns(ann, "anything@x.test"));
  CHECK_FALSE(*w.directory.owns(ann, "bob@x.test"));
}
