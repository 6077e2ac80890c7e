// What the background does: accounts that nobody uses are dropped, bodies without references go, room is promised once.
#include <doctest/doctest.h>

#include "mailstore/account_rows.h"
#include "mailstore/append.h"
#include "mailstore/check.h"
#include "mailstore/copy.h"
#include "mailstore/expunge.h"
#include "mailstore/log.h"
#include "mailstore/mailboxes.h"
#include "mailstore/quota.h"
#include "mailstore/world_for_test.h"
#include "net/run_for_test.h"
#include "store/memory/memory_store.h"

using namespace posthorn;
using namespace posthorn::mailstore;

namespace {

struct World : WorldForTest {
  void empty_inbox(std::uint32_t id) {
    expunge_inbox(id);
    REQUIRE(mail->truncate_log(AccountId(id), account(id)->published()->modseq));
  }
  std::uint64_t base_of(std::uint32_t id) { return read_account_row(*store, AccountId(id))->base_modseq.value(); }
  int bodies() {
    int n = 0;
    REQUIRE(store->scan("B", "C", [&](std::string_view, std::string_view) { return ++n; }));
    return n;
  }
  std::size_t files() {
    const auto names = disk.list("s/blobs/0000000000000");
    return names ? names->size() : 0;
  }
};

}  // namespace

TEST_CASE("tidy: a body goes when its last reference is gone, in the log and in a file of its own") {
  World w;
  const std::string large = "Subject: large\r\n\r\n" + std::string(100'000, 'l');
  REQUIRE(w.add({1, 2}, "Subject: small\r\n\r\nbody\r\n"));
  REQUIRE(w.add({1, 2}, large));
  w.empty_inbox(1);
  w.mail->tidy();
  CHECK(w.bodies() == 2);
  CHECK(w.files() == 1);
  CHECK(check(*w.store)->wrong.empty());
  w.empty_inbox(2);
  w.mail->tidy();
  CHECK(w.bodies() == 0);
  CHECK(w.files() == 0);
  CHECK(w.store->check()->empty());
  REQUIRE(w.add({1}, large));
  CHECK(w.bodies() == 1);
  CHECK(check(*w.store)->wrong.empty());
  w.open();
  CHECK(w.files() == 1);
  CHECK(check(*w.store)->wrong.empty());
}

TEST_CASE("tidy: what was expunged is kept for its time, and its disk given back then") {
  TurnedClock clock(from_seconds(1'800'000'000));
  World w;
  REQUIRE(w.add({1}, "Subject: large\r\n\r\n" + std::string(100'000, 'l')));
  w.expunge_inbox(1);
  REQUIRE(w.add({1}, "Subject: small\r\n\r\n"));
  w.mail->tidy();
  clock.advance(w.options.keep - std::chrono::minutes(1));
  w.mail->tidy();
  CHECK(w.bodies() == 2);
  CHECK(w.base_of(1) == 0);
  clock.advance(std::chrono::minutes(10));
  w.mail->tidy();
  CHECK(w.bodies() == 1);
  CHECK(w.files() == 0);
  CHECK(w.base_of(1) > 0);
  CHECK(w.base_of(2) == 0);  // nothing was expunged there
  CHECK(w.account(1)->published()->find("INBOX")->messages == 1);
  CHECK(check(*w.store)->wrong.empty());
  w.open();
  w.mail->tidy();
  CHECK(w.account(1)->published()->find("INBOX")->messages == 1);
  CHECK(check(*w.store)->wrong.empty());
}

TEST_CASE("tidy: a few expunged messages of a large account wait a day for more") {
  TurnedClock clock(from_seconds(1'800'000'000));
  World w;
  REQUIRE(w.add({1}, "Subject: small\r\n\r\n"));
  w.expunge_inbox(1);
  for (int i = 0; i < 20; ++i) REQUIRE(w.add({1}, "Subject: " + std::to_string(i) + "\r\n\r\n"));
  clock.advance(w.options.keep + std::chrono::minutes(1));
  w.mail->tidy();
  CHECK(w.base_of(1) == 0);
  CHECK(w.bodies() == 21);
  clock.advance(std::chrono::hours(24));
  w.mail->tidy();
  CHECK(w.base_of(1) > 0);
  CHECK(w.bodies() == 20);
  CHECK(check(*w.store)->wrong.empty());
}

TEST_CASE("tidy: on a full disk nothing that was expunged is kept") {
  World w;
  REQUIRE(w.add({1}, "Subject: small\r\n\r\n"));
  w.expunge_inbox(1);
  for (int i = 0; i < 20; ++i) REQUIRE(w.add({1}, "Subject: " + std::to_string(i) + "\r\n\r\n"));
  w.mail->tidy();
  CHECK(w.bodies() == 21);
  w.reserve_bytes = UINT64_MAX;
  w.open();
  REQUIRE_FALSE(w.store->has_room());
  w.mail->tidy();
  CHECK(w.bodies() == 20);
  CHECK(check(*w.store)->wrong.empty());
}

TEST_CASE("tidy: a body that is delivered again within its grace stays") {
  World w;
  const std::string text = "Subject: twice\r\n\r\n";
  REQUIRE(w.add({1}, text));
  w.empty_inbox(1);
  REQUIRE(w.add({1}, text));
  w.mail->tidy();
  CHECK(w.bodies() == 1);
  CHECK(check(*w.store)->wrong.empty());
}

TEST_CASE("tidy: an account that is in use is not dropped, one that is not is loaded again") {
  World w;
  std::weak_ptr<Account> first;
  {
    const auto held = w.account(1);
    first = held;
    w.mail->tidy();
    CHECK(w.account(1) == held);
  }
  REQUIRE(w.add({1}, "Subject: a\r\n\r\n"));
  w.mail->tidy();
  CHECK(first.expired());
  CHECK(w.account(1)->published()->find("INBOX")->messages == 1);
  REQUIRE(w.add({1}, "Subject: b\r\n\r\n"));
  CHECK(w.account(1)->published()->find("INBOX")->messages == 2);
  CHECK(check(*w.store)->wrong.empty());
}

TEST_CASE("tidy: accounts dropped and opened by many threads lose no change") {
  World w;
  std::vector<std::thread> threads(4);
  std::atomic<int> done{0};
  for (auto& thread : threads)
    thread = std::thread([&] {
      for (int i = 0; i < 100; ++i)
        done += w.mail
                    ->change_now(*w.mail->open_now(AccountId(1)),
                                 [](const Version& head, WallTime) -> Result<Prepared> {
                                   return Prepared{{QuotaSet{head.quota_bytes + 1}}, {}};
                                 })
                    .has_value();
    });
  std::atomic<bool> ended{false};
  std::thread tidier([&] {
    while (!ended) w.mail->tidy();
  });
  for (auto& thread : threads) thread.join();
  ended = true;
  tidier.join();
  CHECK(done == 400);
  CHECK(w.account(1)->published()->quota_bytes == 400);
  CHECK(check(*w.store)->wrong.empty());
}

TEST_CASE("mailstore: an account that is deleted takes no more changes") {
  World w;
  const auto held = w.account(1);
  REQUIRE(w.add({1, 2}, "Subject: a\r\n\r\n"));
  REQUIRE(w.mail->delete_account(AccountId(1)));
  CHECK(w.run(set_subscribed(w.mail.get(), held, "x", true)).error().code == Code::not_found);
  CHECK(w.mail->open_now(AccountId(1)).error().code == Code::not_found);
  CHECK(w.mail->delete_account(AccountId(1)));
  int rows = 0;
  const std::string key_of_1("\0\0\0\1", 4);
  REQUIRE(w.store->scan("", "", [&](std::string_view key, std::string_view) {
    rows += key.substr(1).starts_with(key_of_1) && key[0] != 'R' && key[0] != 'F';
    return true;
  }));
  CHECK(rows == 0);
  w.mail->tidy();
  CHECK(w.bodies() == 1);
  CHECK(check(*w.store)->wrong.empty());
}

TEST_CASE("quota: room is promised once, and given back") {
  World w;
  const auto a = w.account(1);
  REQUIRE(w.mail->change_now(
      a, [](const Version&, WallTime) -> Result<Prepared> { return Prepared{{QuotaSet{1000}}, {}}; }));
  {
    auto first = QuotaReservation::make(a, 600);
    REQUIRE(first);
    CHECK(QuotaReservation::make(a, 600).error().code == Code::over_quota);
    auto second = QuotaReservation::make(a, 400);
    CHECK(second);
    *first = std::move(*second);
  }
  CHECK(QuotaReservation::make(a, 1000));
  REQUIRE(w.add({1}, std::string(500, 'x')));
  CHECK_FALSE(QuotaReservation::make(a, 600));
  CHECK(QuotaReservation::make(w.account(2), UINT64_MAX / 2));
}

TEST_CASE("append: one body for many recipients weighs once") {
  World w;
  std::vector<AccountId> ids;
  std::vector<std::uint32_t> all;
  for (std::uint32_t id = 3; id < 60; ++id) {
    ids.emplace_back(id);
    all.push_back(id);
  }
  REQUIRE(w.mail->create_accounts(ids));
  const auto added = w.add(all, "Subject: to all\r\n\r\n" + std::string(60'000, 'x'));
  REQUIRE_MESSAGE(added, (added ? "" : added.error().text));
  CHECK(w.bodies() == 1);
}

TEST_CASE("checkpoint: one whose chunks are damaged is passed over, as it is derived, and written again") {
  store::MemoryStore store;
  net::Offload offload(1);
  const MailstoreOptions options{.entries_a_checkpoint = 1};
  const auto add = [](Mailstore& mail, int n) {
    for (int i = 0; i < n; ++i)
      REQUIRE(mail.change_now(*mail.open_now(AccountId(1)), [](const Version& head, WallTime now) -> Result<Prepared> {
        const Mailbox& inbox = *head.find("INBOX");
        Placement p{.uid = inbox.uid_next,
                    .email = head.next_email,
                    .flags = {},
                    .modseq = {},
                    .size = 1,
                    .received = now,
                    .saved = now};
        return Prepared{{Added{inbox.id, p, true}}, {}};
      }));
  };
  {
    Mailstore mail(store, offload, options);
    REQUIRE(mail.create_account(AccountId(1)));
    add(mail, 10);
    mail.tidy();
  }
  std::vector<std::string> chunks;
  REQUIRE(store.scan("K", "L", [&](std::string_view key, std::string_view) {
    if (key[6] == 'c') chunks.emplace_back(key);
    return true;
  }));
  REQUIRE_FALSE(chunks.empty());
  for (const auto& key : chunks) REQUIRE(store.commit(store::Commit().put(key, "damaged")));
  Mailstore mail(store, offload, options);
  const auto account = *mail.open_now(AccountId(1));
  const auto open = mail.open_mailbox_now(account, account->published()->find("INBOX")->id);
  REQUIRE_MESSAGE(open, (open ? "" : open.error().text));
  CHECK((*open)->version()->find("INBOX")->columns->size() == 10);
  add(mail, 5);
  mail.tidy();
  const auto whole = read_mailbox(store, AccountId(1), (*open)->id(), kNewest);
  REQUIRE(whole);
  CHECK(whole->size() == 15);
  for (const auto& key : chunks) CHECK_FALSE(*store.get(key));
}

TEST_CASE("truncate_log: what a stop in the middle left behind goes the next time") {
  for (int stop = 1; stop < 60; ++stop) {
    World w;
    for (int i = 0; i < 5; ++i) REQUIRE(w.add({1}, "Subject: " + std::to_string(i) + "\r\n\r\n"));
    {
      const auto a = w.account(1);
      const auto open = *w.mail->open_mailbox_now(a, a->published()->find("INBOX")->id);
      REQUIRE(w.run(expunge(w.mail.get(), open, std::nullopt)));
    }
    w.disk.cut_power_after(static_cast<std::uint64_t>(stop));
    (void)w.mail->truncate_log(AccountId(1), w.account(1)->published()->modseq);
    const bool was_cut = w.disk.is_cut();
    w.mail.reset();
    w.store.reset();
    SeededRandom random(static_cast<std::uint64_t>(stop));
    w.disk.restart(random);
    w.open();
    REQUIRE(w.add({1}, "Subject: last\r\n\r\n"));
    REQUIRE(w.mail->truncate_log(AccountId(1), w.account(1)->published()->modseq));
    int emails = 0;
    REQUIRE(w.store->scan("E", "F", [&](std::string_view, std::string_view) { return ++emails; }));
    INFO("stopped after " << stop << " operations");
    CHECK(emails == 1);
    w.mail->tidy();
    CHECK(w.bodies() == 1);
    CHECK(check(*w.store)->wrong.empty());
    if (!was_cut) break;
  }
}

TEST_CASE("log: a large change is several entries, so that every one of them can be read again") {
  World w;
  w.segment_bytes = 16 << 20;
  w.open();
  REQUIRE(w.add({1}, "Subject: x\r\n\r\n"));
  const auto a = w.account(1);
  auto inbox = *w.mail->open_mailbox_now(a, MailboxId(1));
  const auto messages = [&] { return w.account(1)->published()->find(MailboxId(1))->messages; };
  while (messages() < 40'000) {
    const auto all = a->published()->find(MailboxId(1))->columns->uids();
    REQUIRE(w.run(copy(w.mail.get(), inbox, all, a, MailboxId(1), false)));
  }
  const auto target = a->published()->find("Archive")->id;
  REQUIRE(w.run(copy(w.mail.get(), inbox, a->published()->find(MailboxId(1))->columns->uids(), a, target, true)));
  const auto moved = a->published()->modseq;
  CHECK(inbox->find(Uid(40'000)));
  inbox.reset();
  w.open();
  REQUIRE(w.mail->open_now(AccountId(1)));
  CHECK(w.account(1)->published()->modseq == moved);
  CHECK(messages() == 0);
  CHECK(w.account(1)->published()->find(target)->messages == 65'536);
  const auto archive = w.mail->open_mailbox_now(w.account(1), target);
  REQUIRE(archive);
  CHECK((*archive)->version()->find(target)->columns->size() == 65'536);
  REQUIRE(w.store->scan("L", "M", [&](std::string_view, std::string_view value) {
    CHECK(value.size() < 128 * 1024);
    return true;
  }));
  CHECK(check(*w.store)->wrong.empty());
}
