#include "directory/directory.h"

#include <doctest/doctest.h>

#include "base/bytes.h"
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
  for (const auto* bad :
       {".a@x.test", "a..b@x.test", "a,b@x.test", "a@b@x.test", "a\"b@x.test", "<a@x.test", "\xFF@x.test"})
    CHECK_MESSAGE(directory.add_account(bad, "").error().code == Code::syntax, bad);
  CHECK(directory.add_account(std::string(65, 'a') + "@x.test", "").error().code == Code::syntax);
  for (const auto* good : {"a.b@x.test", "a+b/c%d@x.test", "o'hara@x.test", "-@x.test", "\xC3\xA4@x.test"})
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
  CHECK(directory.change_account("a@x.test", [](auto& e) -> Result<void> {
    e.password_hash = "new";
    return {};
  }));
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
  const auto added = directory.add_accounts({"a@x.test", "b@x.test", "A@X.test"}, {.password_hash = "1"});
  REQUIRE(added);
  CHECK(added->size() == 2);
  CHECK((*directory.find("a@x.test"))->password_hash == "1");
  CHECK((*directory.find("a@x.test"))->id == added->front().id);
}

TEST_CASE("directory: local parts are NFC, their ASCII letters in lower case") {
  CHECK(*canonical_address("Gru\xCC\x88n@x.test") == "gr\xC3\xBCn@x.test");
  CHECK(canonical_address("\xC3\x84@x.test") != canonical_address("\xC3\xA4@x.test"));
}

TEST_CASE("directory: rows of version 1 are read") {
  std::string account;
  put_u8(account, 1);
  put_varint(account, 7);
  put_string(account, "hash");
  const auto entry = directory::decode<directory::AccountEntry>("a@x.test", account);
  REQUIRE(entry);
  CHECK(entry->id == AccountId(7));
  CHECK(entry->password_hash == "hash");
  CHECK(entry->protocols == directory::kAllProtocols);
  CHECK(directory::decode<directory::DomainEntry>("x.test", "\x01")->separator == "+");
  for (std::size_t n = 0; n < account.size(); ++n)
    CHECK_FALSE(directory::decode<directory::AccountEntry>("a@x.test", account.substr(0, n)));
}

TEST_CASE("directory: every row is read as it was written, and no shorter") {
  const directory::AccountEntry account{.id = AccountId(3),
                                        .address = "a@x.test",
                                        .password_hash = "h",
                                        .credential_version = 9,
                                        .scram_sha_256 = "s",
                                        .scram_sha_1 = "t",
                                        .name = "Ann",
                                        .state = directory::AccountState::closed,
                                        .protocols = 5,
                                        .pop3_delete = directory::Pop3Delete::trash,
                                        .pop3_keep_days = 30,
                                        .detail = directory::DetailRule::mailbox,
                                        .is_outside = true};
  const auto bytes = encode(account);
  CHECK(encode(*directory::decode<directory::AccountEntry>("a@x.test", bytes)) == bytes);
  for (std::size_t n = 0; n < bytes.size(); ++n)
    CHECK_FALSE(directory::decode<directory::AccountEntry>("a@x.test", bytes.substr(0, n)));
  directory::AppPassword app;
  app.digest = "d";
  app.senders = {"*@x.test", "a@x.test"};
  app.expires = 5;
  CHECK(encode(*directory::decode<directory::AppPassword>("n", encode(app))) == encode(app));
  const directory::GroupEntry group{"g@x.test", "G", directory::GroupSenders::members, {"a@x.test"}};
  CHECK(encode(*directory::decode<directory::GroupEntry>("g@x.test", encode(group))) == encode(group));
}
