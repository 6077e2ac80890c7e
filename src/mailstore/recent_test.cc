#include "mailstore/recent.h"

#include <doctest/doctest.h>

#include "mailstore/append.h"
#include "mailstore/check.h"
#include "mailstore/expunge.h"
#include "mailstore/mailboxes.h"
#include "mailstore/world_for_test.h"
#include "net/run_for_test.h"

using namespace posthorn;
using namespace posthorn::mailstore;

namespace {

struct World : WorldForTest {
  void add(int n) {
    MessageWriter writer(*mail, "");
    writer.feed("Subject: x\r\n\r\n");
    const auto message = *net::result_for_test(writer.finish());
    while (n-- > 0)
      REQUIRE(net::result_for_test(
          append(mail.get(), {{message, {account(), MailboxId(1), {kDeleted, {}}, wall_now(), true}}})));
  }
  /// What a session is told that selects INBOX: the first UID that is recent.
  std::uint32_t claim() {
    const auto open = *mail->open_mailbox_now(account(), MailboxId(1));
    return open->account()->claim_recent(*open->version()->find(MailboxId(1))).value();
  }
  std::uint32_t unclaimed() { return account()->first_unclaimed(MailboxId(1)).value(); }
};

}  // namespace

TEST_CASE("recent: what one session claimed is not recent to the next, nor after a restart") {
  World w;
  w.add(2);
  CHECK(w.unclaimed() == 1);
  CHECK(w.claim() == 1);
  CHECK(w.claim() == 3);
  w.open();
  CHECK(w.unclaimed() == 3);
  w.add(1);
  CHECK(w.claim() == 3);
  CHECK(w.claim() == 4);
  w.open();
  CHECK(w.claim() == 4);
  CHECK(w.account(2)->first_unclaimed(MailboxId(1)) == Uid(1));
  CHECK(check(*w.store)->wrong.empty());
}

TEST_CASE("recent: what nobody was told stays recent across restarts") {
  World w;
  w.add(2);
  w.open();
  CHECK(w.claim() == 1);
  w.add(1);
  w.open();
  CHECK(w.claim() == 3);
}

TEST_CASE("recent: tidy writes claims, also of accounts that it is about to let go") {
  World w;
  w.add(2);
  w.claim();
  w.mail->tidy();
  const auto marks = read_recent(*w.store, AccountId(1));
  REQUIRE(marks);
  CHECK(marks->at(MailboxId(1)) == Uid(3));
  // Its slot was dropped, as nobody uses it.
  CHECK(w.unclaimed() == 3);
}

TEST_CASE("recent: a crash makes messages recent once more at most") {
  World w;
  w.add(2);
  w.claim();
  w.mail->tidy();
  w.add(2);
  CHECK(w.claim() == 3);
  w.disk.cut_power_after(1);
  w.close();
  SeededRandom random(1);
  w.disk.restart(random);
  w.open();
  CHECK(w.unclaimed() == 3);
  CHECK(check(*w.store)->wrong.empty());
}

TEST_CASE("recent: a claim that cannot be written is tried again") {
  World w;
  w.add(1);
  w.claim();
  w.disk.fail_once_after(1, Code::io);
  w.mail->tidy();
  w.mail->tidy();
  w.open();
  CHECK(w.unclaimed() == 2);
}

TEST_CASE("recent: nothing is claimed, and nothing written, where nothing is recent") {
  World w;
  w.add(2);
  w.claim();
  w.mail->tidy();
  const auto open = *w.mail->open_mailbox_now(w.account(), MailboxId(1));
  w.claim();
  CHECK_FALSE(w.account()->has_unwritten_recent());
  w.add(1);
  REQUIRE(net::result_for_test(expunge(w.mail.get(), open, std::nullopt)));
  w.claim();
  CHECK_FALSE(w.account()->has_unwritten_recent());
}

TEST_CASE("recent: the mark of a mailbox goes with it, those of an account too") {
  World w;
  w.add(1);
  w.claim();
  const auto made = net::result_for_test(create_mailbox(w.mail.get(), w.account(), "x"));
  REQUIRE(made);
  REQUIRE(w.store->commit(store::Commit().put(recent_key(AccountId(1), *made), encode_recent(Uid(1)))));
  REQUIRE(net::result_for_test(delete_mailbox(w.mail.get(), w.account(), "x")));
  w.mail->tidy();
  CHECK(read_recent(*w.store, AccountId(1))->size() == 1);
  REQUIRE(w.mail->delete_account(AccountId(1)));
  CHECK(read_recent(*w.store, AccountId(1))->empty());
}

TEST_CASE("recent: a damaged mark costs its mark and not the account; check names it") {
  World w;
  w.add(1);
  w.claim();
  w.mail->tidy();
  w.close();
  w.open();
  REQUIRE(w.store->commit(store::Commit().put(recent_key(AccountId(1), MailboxId(1)), "\x01")));
  CHECK(w.claim() == 1);
  CHECK(check(*w.store)->wrong.size() == 1);
  REQUIRE(w.store->commit(store::Commit().put(recent_key(AccountId(1), MailboxId(1)), encode_recent(Uid(3)))));
  CHECK(check(*w.store)->wrong.size() == 1);
}
