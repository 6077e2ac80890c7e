#include "mta/submitter.h"

#include <doctest/doctest.h>

#include "store/memory/memory_store.h"

using namespace posthorn;

TEST_CASE("sender rate: so many within an hour, each key by itself, bounded") {
  TurnedClock clock(from_seconds(1'700'000'000));
  mta::SenderRate rate(2);
  CHECK(rate.take("a", "k", 2));
  clock.advance(std::chrono::minutes(30));
  CHECK(rate.take("a", "k", 2));
  CHECK_FALSE(rate.take("a", "k", 2));
  CHECK(rate.take("a", "other", 1));
  clock.advance(std::chrono::minutes(30));
  CHECK(rate.take("a", "k", 2));
  CHECK_FALSE(rate.take("a", "k", 2));
  CHECK(rate.take("b", "k", 1));  // for which the one is forgotten that sent longest ago
  CHECK(rate.take("a", "other", 1));
}

TEST_CASE("submitter: an app password sends as it may, while it is there") {
  store::MemoryStore store;
  directory::Directory directory(store);
  REQUIRE(directory.add_domain("x.test"));
  REQUIRE(directory.add_account("a@x.test", ""));
  REQUIRE(directory.add_account("b@x.test", ""));
  directory::AppPassword app;
  app.name = "shop";
  app.digest = "d";
  app.senders = {"*@x.test"};
  app.messages_an_hour = 2;
  REQUIRE(directory.add_app_password("a@x.test", app));
  mta::SenderRate rate;
  smtp::SessionInfo session;
  session.user = "a@x.test";
  session.credential = "shop";
  const auto code = [&](const char* from) {
    const auto may = mta::check_submitter(directory, rate, session, *smtp::ReversePath::parse(from));
    return may ? "ok" : name_of(may.error().code);
  };
  CHECK(code("<A+orders@x.test>") == "ok");
  CHECK(code("<b@x.test>") == "denied");
  CHECK(code("<a@y.test>") == "denied");
  CHECK(code("<>") == "ok");
  CHECK(code("<a@x.test>") == "too_many");
  REQUIRE(directory.remove_app_password("a@x.test", "shop"));
  CHECK(code("<a@x.test>") == "denied");
  session.user = "gone@x.test";
  CHECK(code("<a@x.test>") == "denied");
}
