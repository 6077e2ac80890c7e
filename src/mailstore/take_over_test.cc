#include "mailstore/take_over.h"

#include "mailstore/import_marks.h"
#include "mailstore/mailboxes.h"
#include "mailstore/pop3_marks.h"
#include "mailstore/world_for_test.h"

using namespace posthorn;
using namespace posthorn::mailstore;

namespace {

struct TakeOverWorld : WorldForTest {
  MailboxId inbox(std::uint32_t id = 1) { return account(id)->published()->find("INBOX")->id; }
  const Mailbox& mailbox(MailboxId id) {
    version = account()->published();
    return *version->find(id);
  }
  bool take(MailboxId mailbox, std::uint32_t wanted, const std::string& owner = "a@x.test", std::uint32_t id = 1) {
    const auto taken = run(take_over_uid_validity(mail.get(), account(id), mailbox, owner, UidValidity(wanted)));
    REQUIRE(taken);
    return *taken;
  }
  /// The UIDs given to messages that ask for these; 0 asks for none.
  std::vector<std::uint32_t> import(const std::vector<std::uint32_t>& uids, const std::string& unique_id = "") {
    std::vector<Addition> additions;
    for (const auto uid : uids) {
      MessageWriter writer(*mail, "");
      writer.feed("Subject: " + std::to_string(uid) + "\r\n\r\n");
      additions.push_back(
          {.message = *run(writer.finish()),
           .target = {.account = account(), .mailbox = inbox(), .flags = {}, .received = wall_now(), .uid = Uid(uid)},
           .origin = Origin{import_mark_key(import_prefix(AccountId(1), "s"), std::to_string(uid)), 7, unique_id}});
    }
    const auto added = run(append(mail.get(), additions));
    REQUIRE(added);
    std::vector<std::uint32_t> given;
    for (const auto& one : *added) given.push_back(one.uid.value());
    return given;
  }
  VersionPtr version;
};

}  // namespace

TEST_CASE("take_over: a mailbox that never had a message takes over UIDVALIDITY, UIDs and UIDNEXT") {
  TakeOverWorld w;
  REQUIRE(w.take(w.inbox(), 1000));
  CHECK(w.take(w.inbox(), 1000));  // a second run of the import
  CHECK(w.mailbox(w.inbox()).uid_validity == UidValidity(1000));
  CHECK(w.import({3, 7}) == std::vector<std::uint32_t>{3, 7});
  CHECK(w.import({7, 5, 8}) == std::vector<std::uint32_t>{0, 0, 8});
  const auto open = *w.mail->open_mailbox_now(w.account(), w.inbox());
  REQUIRE(w.run(give_new_uids(w.mail.get(), open, Uid(20), {})));
  CHECK(w.import({0}) == std::vector<std::uint32_t>{20});
  w.open();
  CHECK(w.mailbox(w.inbox()).uid_validity == UidValidity(1000));
  CHECK(w.mailbox(w.inbox()).uid_next == Uid(21));
}

TEST_CASE("take_over: what was given out once is not given out again") {
  TakeOverWorld w;
  const auto first = w.mailbox(w.inbox()).uid_validity.value();
  const MailboxId box = *w.run(create_mailbox(w.mail.get(), w.account(), "box"));
  CHECK_FALSE(w.take(box, first));  // another mailbox has it
  CHECK_FALSE(w.take(box, 0));
  CHECK_FALSE(w.take(box, UINT32_MAX));  // nothing would be left above it
  REQUIRE(w.take(box, 1000));
  REQUIRE(w.take(w.inbox(), 1000));  // servers give the same to several mailboxes
  REQUIRE(w.run(delete_mailbox(w.mail.get(), w.account(), "box")));
  const MailboxId again = *w.run(create_mailbox(w.mail.get(), w.account(), "box"));
  CHECK_FALSE(w.take(again, 1000));
  CHECK(w.take(again, first + 1000));
  CHECK(w.mailbox(*w.run(create_mailbox(w.mail.get(), w.account(), "next"))).uid_validity.value() == first + 1001);
}

TEST_CASE("take_over: an account that comes back does not find its old numbers") {
  TakeOverWorld w;
  REQUIRE(w.take(w.inbox(2), 1000, "b@x.test", 2));
  const auto old = w.account(2)->published()->find("Sent")->uid_validity.value();
  REQUIRE(w.mail->delete_account(AccountId(2)));
  REQUIRE(w.mail->create_account(AccountId(3)));
  CHECK_FALSE(w.take(w.inbox(3), 1000, "b@x.test", 3));
  CHECK_FALSE(w.take(w.inbox(3), old, "b@x.test", 3));
  CHECK(w.take(w.inbox(3), 1001, "b@x.test", 3));
}

TEST_CASE("take_over: a mailbox with messages keeps its UIDVALIDITY, unless it is the other server's by chance") {
  TakeOverWorld w;
  REQUIRE(w.add({1}, "Subject: x\r\n\r\n"));
  const auto own = w.mailbox(w.inbox()).uid_validity;
  CHECK_FALSE(w.take(w.inbox(), 1000));
  CHECK(w.mailbox(w.inbox()).uid_validity == own);
  CHECK_FALSE(w.take(w.inbox(), own.value()));
  CHECK(w.mailbox(w.inbox()).uid_validity != own);
}

TEST_CASE("take_over: a renamed mailbox has a UIDVALIDITY of ours") {
  TakeOverWorld w;
  const MailboxId box = *w.run(create_mailbox(w.mail.get(), w.account(), "box"));
  REQUIRE(w.take(box, 1000));
  REQUIRE(w.run(rename_mailbox(w.mail.get(), w.account(), "box", "other")));
  CHECK(w.mailbox(box).uid_validity > UidValidity(1000));
  const auto renamed = w.mailbox(box).uid_validity;
  REQUIRE(w.run(rename_mailbox(w.mail.get(), w.account(), "other", "third")));
  CHECK(w.mailbox(box).uid_validity == renamed);
}

TEST_CASE("take_over: what was delivered under a UID of the source gets another one") {
  TakeOverWorld w;
  REQUIRE(w.take(w.inbox(), 1000));
  CHECK(w.import({1}) == std::vector<std::uint32_t>{1});
  REQUIRE(w.add({1}, "Subject: delivered meanwhile\r\n\r\n"));  // takes 2
  CHECK(w.import({2, 3}) == std::vector<std::uint32_t>{0, 3});
  const auto open = *w.mail->open_mailbox_now(w.account(), w.inbox());
  REQUIRE(w.run(give_new_uids(w.mail.get(), open, Uid(4), UidSet::of({Uid(2)}))));
  const auto& columns = *w.mailbox(w.inbox()).columns;
  REQUIRE(columns.size() == 3);
  CHECK(columns.uid_at(0) == Uid(1));
  CHECK(columns.uid_at(1) == Uid(3));
  CHECK(columns.uid_at(2) == Uid(4));
  const auto marks = *read_pop3_marks(*w.store, AccountId(1), w.inbox());
  CHECK(marks.unique_ids.at(Uid(4)) == "1000.2");
}

TEST_CASE("take_over: a message's mark and its unique-id are in the commit that brings it") {
  TakeOverWorld w;
  CHECK_FALSE(*has_import_marks(*w.store, import_prefix(AccountId(1), "s")));
  CHECK(w.import({9}, "old-id").size() == 1);
  const auto prefix = import_prefix(AccountId(1), "s");
  CHECK(*has_import_marks(*w.store, prefix));
  CHECK_FALSE(*has_import_marks(*w.store, import_prefix(AccountId(1), "t")));
  const auto row = *w.store->get(import_mark_key(prefix, "9"));
  REQUIRE(row);
  CHECK(*decode_import_mark(*row) == ImportMark{w.inbox(), Uid(9), 7});
  CHECK((*read_pop3_marks(*w.store, AccountId(1), w.inbox())).unique_ids.at(Uid(9)) == "old-id");
  for (std::size_t n = 0; n < row->size(); ++n) CHECK_FALSE(decode_import_mark(row->substr(0, n)));
}
