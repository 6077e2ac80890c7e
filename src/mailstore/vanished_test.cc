#include "mailstore/vanished.h"

#include "mailstore/world_for_test.h"

using namespace posthorn;
using namespace posthorn::mailstore;

namespace {

struct World : WorldForTest {
  OpenMailboxPtr inbox() { return *mail->open_mailbox_now(account(), account()->published()->find("INBOX")->id); }
  ModSeq modseq() { return account()->published()->modseq; }
  void expunge(std::vector<std::uint32_t> uids) {
    UidSet set;
    for (const auto uid : uids) set.append(Uid(uid));
    REQUIRE(run(mailstore::expunge(mail.get(), inbox(), set)));
  }
  Vanished since(ModSeq modseq) {
    const auto open = inbox();
    const auto version = open->version();
    return *vanished_since(*store, AccountId(1), *version->find(open->id()), modseq, version->modseq);
  }
};

std::vector<std::uint32_t> numbers(const Vanished& vanished) {
  std::vector<std::uint32_t> all;
  vanished.uids.for_each([&](Uid uid) { all.push_back(uid.value()); });
  return all;
}

using Uids = std::vector<std::uint32_t>;

}  // namespace

TEST_CASE("vanished: what was expunged since, in UID order") {
  World w;
  for (int i = 0; i < 6; ++i) REQUIRE(w.add({1}, "Subject: x\r\n\r\n"));
  const ModSeq start = w.modseq();
  CHECK(numbers(w.since(start)) == Uids{});
  w.expunge({5});
  const ModSeq middle = w.modseq();
  w.expunge({2, 3});
  CHECK(numbers(w.since(start)) == Uids{2, 3, 5});
  CHECK(numbers(w.since(middle)) == Uids{2, 3});
  CHECK(numbers(w.since(w.modseq())) == Uids{});
  CHECK(w.since(start).is_exact);
}

TEST_CASE("vanished: where the log does not reach back, all that is not there") {
  World w;
  for (int i = 0; i < 6; ++i) REQUIRE(w.add({1}, "Subject: x\r\n\r\n"));
  w.expunge({1});
  const ModSeq start = w.modseq();
  w.expunge({4, 6});
  REQUIRE(w.mail->truncate_log(AccountId(1), w.modseq()));
  CHECK(numbers(w.since(start)) == Uids{1, 4, 6});
  CHECK_FALSE(w.since(start).is_exact);
  CHECK(numbers(w.since(w.modseq())) == Uids{});
}

TEST_CASE("vanished: a log that is too long is not read") {
  World w;
  for (int i = 0; i < 3; ++i) REQUIRE(w.add({1}, "Subject: x\r\n\r\n"));
  w.expunge({1});
  w.expunge({3});
  const auto open = w.inbox();
  const auto version = open->version();
  const auto vanished = vanished_since(*w.store, AccountId(1), *version->find(open->id()), ModSeq(1),
                                       ModSeq(version->modseq.value() + kMostEntriesForVanished));
  CHECK(numbers(*vanished) == Uids{1, 3});
  CHECK_FALSE(vanished->is_exact);
}
