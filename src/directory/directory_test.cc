#include "directory/directory.h"

#include <doctest/doctest.h>

#include "store/memory/memory_store.h"

using namespace posthorn;
using directory::canonical_address;

TEST_CASE("directory: addresses are the same whatever their case, domains in A-labels") {
  CHECK(*canonical_address("User@Example.ORG") == "user@example.org");
  CHECK(*canonical_address("u@b\xC3\xBC"
                           "cher.example") == "u@xn--bcher-kva.example");
  for (const char* bad : {"", "@", "a", "a@", "@b", "a b@c.d", "a\n@c.d"}) CHECK_FALSE(canonical_address(bad));
}

TEST_CASE("directory: an account that could get no mail is not made") {
  store::MemoryStore store;
  directory::Directory directory(store);
  REQUIRE(directory.add_domain("x.test"));
  for (const auto* bad : {".a@x.test", "a..b@x.test", "a,b@x.test", "a@b@x.test", "a\"b@x.test", "<a@x.test",
                          "\xC3\xA4@x.test", "\xFF@x.test"})
    CHECK_MESSAGE(directory.add_account(bad, "").error().code == Code::syntax, bad);
  CHECK(directory.add_account(std::string(65, 'a') + "@x.test", "").error().code == Code::syntax);
  for (const auto* good : {"a.b@x.test", "a+b/c%d@x.test", "o'hara@x.test", "-@x.test"})
    CHECK_MESSAGE(directory.add_account(good, ""), good);
  CHECK(directory.add_domain("127.0.0.1").error().code == Code::syntax);
  CHECK(directory.add_domain("4you.test"));
}

TEST_CASE("directory: accounts need their domain, ids are never used again") {
  store::MemoryStore store;
  directory::Directory directory(store);
  CHECK(directory.add_account("a@x.test", "").error().code == Code::not_found);
  CHECK(directory.add_domain("X.test"));
  CHECK(directory.add_domain("x.TEST").error().code == Code::already_exists);
  const auto a = directory.add_account("A@x.test", "hash");
  REQUIRE(a);
  CHECK(directory.add_account("a@X.test", "").error().code == Code::already_exists);
  CHECK((*directory.find("a@x.test"))->password_hash == "hash");
  CHECK(directory.remove_domain("x.test").error().code == Code::conflict);
  CHECK(directory.remove_account("a@x.test"));
  CHECK_FALSE(*directory.find("a@x.test"));
  const auto b = directory.add_account("a@x.test", "");
  CHECK(b->id > a->id);
  CHECK(directory.set_password_hash("a@x.test", "new"));
  CHECK(directory.accounts()->front().password_hash == "new");
  CHECK(directory.remove_account("b@x.test").error().code == Code::not_found);
  CHECK(directory.remove_account("a@x.test"));
  CHECK(directory.remove_domain("x.test"));
  CHECK(directory.domains()->empty());
}

TEST_CASE("directory: an address that is given twice is one account") {
  store::MemoryStore store;
  directory::Directory directory(store);
  REQUIRE(directory.add_domain("x.test"));
  const auto added = directory.add_accounts({"a@x.test", "b@x.test", "A@X.test"}, {"1", "2", "3"});
  REQUIRE(added);
  CHECK(added->size() == 2);
  CHECK((*directory.find("a@x.test"))->password_hash == "1");
  CHECK((*directory.find("a@x.test"))->id == added->front().id);
}
