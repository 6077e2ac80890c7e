// What the mail model refuses, and lets go, while memory is short (net/memory_level.h).
#include <doctest/doctest.h>

#include "mailstore/world_for_test.h"
#include "net/memory_level.h"

using namespace posthorn;
using namespace posthorn::mailstore;
using net::MemoryLevel;

namespace {

struct Level {
  explicit Level(MemoryLevel level) { net::set_memory_level(level); }
  ~Level() { net::set_memory_level(MemoryLevel::ample); }
};

}  // namespace

TEST_CASE("memory: while it is full no message is begun, small ones under way are taken, large ones are dropped") {
  WorldForTest w;
  CHECK(MessageWriter::may_begin(*w.store));
  MessageWriter small(*w.mail, ""), large(*w.mail, "");
  small.feed("Subject: small\r\n\r\n");
  large.feed("Subject: large\r\n\r\n");
  {
    const Level full(MemoryLevel::full);
    CHECK(MessageWriter::may_begin(*w.store).error().code == Code::no_memory);
    CHECK(small.feed(std::string(5000, 'x')));
    for (int i = 0; i < 100; ++i) CHECK(large.feed(std::string(5000, 'x')));
  }
  CHECK(w.run(small.finish()));
  const auto dropped = w.run(large.finish());
  REQUIRE_FALSE(dropped);
  CHECK(dropped.error().code == Code::no_memory);
}

TEST_CASE("memory: while it is full mailboxes are opened that are in memory, and others are not") {
  WorldForTest w;
  w.options.entries_a_checkpoint = 1;  // what stands in the log alone is folded when the account is opened
  w.open();
  REQUIRE(w.add({1, 2}, "Subject: x\r\n\r\n"));
  w.mail->tidy();
  w.open();
  const auto inbox = [&](std::uint32_t id) {
    return w.mail->open_mailbox(w.account(id), w.account(id)->published()->find("INBOX")->id);
  };
  const auto open = w.mail->open_mailbox_now(w.account(1), w.account(1)->published()->find("INBOX")->id);
  REQUIRE(open);
  const Level full(MemoryLevel::full);
  CHECK(w.run(inbox(1)));
  const auto refused = w.run(inbox(2));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::no_memory);
}

TEST_CASE("memory: what nobody uses is let go, what somebody uses stays as it is") {
  WorldForTest w;
  w.options.idle = std::chrono::hours(1);
  w.open();
  REQUIRE(w.add({1, 2}, "Subject: x\r\n\r\n"));
  auto account = w.account(1);
  const auto open = *w.mail->open_mailbox_now(account, account->published()->find("INBOX")->id);
  std::weak_ptr<Account> other = w.account(2);
  CHECK_FALSE(other.expired());
  w.mail->let_go_unused();
  CHECK(other.expired());
  CHECK(w.account(1) == account);
  CHECK(open->version()->find("INBOX")->columns);
  CHECK(w.account(2)->published()->find("INBOX")->messages == 1);
}
