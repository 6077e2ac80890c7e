#include "mailstore/undo.h"

#include "mailstore/copy.h"
#include "mailstore/history.h"
#include "mailstore/mailboxes.h"
#include "mailstore/set_flags.h"
#include "mailstore/world_for_test.h"

using namespace posthorn;
using namespace posthorn::mailstore;

namespace {

struct World : WorldForTest {
  const Mailbox* find(const std::string& name) {
    version = account()->published();
    return version->find(name);
  }
  OpenMailboxPtr open_mailbox(const std::string& name) { return *mail->open_mailbox_now(account(), find(name)->id); }
  void create(const std::string& name) { REQUIRE(run(create_mailbox(mail.get(), account(), name))); }
  void move(const std::string& from, Uid uid, const std::string& to, bool move = true) {
    REQUIRE(run(copy(mail.get(), open_mailbox(from), UidSet::of({uid}), account(), find(to)->id, move)));
  }
  void set(const std::string& mailbox, FlagNames flags) {
    UidSet all;
    all.append(Uid(1), Uid(1000));
    REQUIRE(run(set_flags(mail.get(), open_mailbox(mailbox),
                          {.uids = all, .op = FlagsOp::replace, .flags = std::move(flags), .unchanged_since = {}})));
  }
  /// "1:\Seen 3:" of a mailbox.
  std::string rows(const std::string& mailbox) {
    if (find(mailbox) == nullptr) return "none";
    const auto open = open_mailbox(mailbox);
    const auto present = open->version();
    std::string out;
    const auto& columns = *present->find(mailbox)->columns;
    columns.for_each(0, columns.size(), [&](const Placement& p) {
      out += (out.empty() ? "" : " ") + std::to_string(p.uid.value()) + ":" + std::to_string(p.email.value());
      if (p.flags.has(kSeen)) out += "S";
      if (p.flags.has(kDeleted)) out += "D";
      if (!p.flags.keywords.empty()) out += "k";
    });
    return out;
  }
  std::string gone() {
    std::string out;
    const auto messages = gone_messages(*store->snapshot(), AccountId(1));
    REQUIRE(messages);
    for (const auto& g : *messages)
      out += (out.empty() ? "" : " ") + g.name + "/" + std::to_string(g.placement.uid.value());
    return out;
  }
  std::size_t undelete(const UndeleteAsked& asked) {
    const auto back = mailstore::undelete(*mail, account(), asked);
    REQUIRE(back);
    return *back;
  }
  /// A moment that is between what was and what comes.
  WallTime mark() {
    const auto now = std::max(wall_now(), account()->published()->time);
    while (wall_now() <= now) {
    }
    return now;
  }
  void truncate() { REQUIRE(mail->truncate_log(AccountId(1), account()->published()->modseq)); }
  /// Whether all emails of the account can be read.
  bool is_whole() {
    std::vector<EmailId> ids;
    const auto all = account()->published();
    for (const auto& mailbox : all->mailboxes) {
      const auto open = open_mailbox(mailbox->name);
      const auto present = open->version();
      const auto& columns = *present->find(mailbox->id)->columns;
      columns.for_each(0, columns.size(), [&](const Placement& p) { ids.push_back(p.email); });
    }
    return read_emails(*store, AccountId(1), ids).has_value();
  }

  VersionPtr version;
};

}  // namespace

TEST_CASE("undo: what was expunged is told, and comes back under new UIDs without \\Deleted") {
  World w;
  for (const char* text : {"one", "two", "three"}) REQUIRE(w.add({1}, text));
  CHECK(w.gone().empty());
  w.expunge_inbox(1);
  CHECK(w.gone() == "INBOX/1 INBOX/2 INBOX/3");
  CHECK(w.undelete({.mailbox = "INBOX", .uids = UidSet::of({Uid(2), Uid(9)})}) == 1);
  CHECK(w.rows("INBOX") == "4:2");
  CHECK(w.gone() == "INBOX/1 INBOX/3");
  CHECK(w.undelete({.mailbox = "Trash"}) == 0);
  CHECK(w.undelete({.mailbox = "", .into = "Found/here"}) == 2);
  CHECK(w.rows("Found/here") == "1:1 2:3");
  CHECK(w.gone().empty());
  CHECK(w.is_whole());
}

TEST_CASE("undo: what was moved is not gone; what was deleted with its mailbox comes back with it") {
  World w;
  w.create("Lists/posthorn");
  REQUIRE(w.add({1}, "one"));
  REQUIRE(w.add({1}, "two"));
  w.move("INBOX", Uid(1), "Lists/posthorn");
  CHECK(w.gone().empty());
  REQUIRE(w.run(delete_mailbox(w.mail.get(), w.account(), "Lists/posthorn")));
  REQUIRE(w.run(delete_mailbox(w.mail.get(), w.account(), "Lists")));
  CHECK(w.gone() == "Lists/posthorn/1");
  const auto before = w.find("INBOX")->uid_validity;
  CHECK(w.undelete({.mailbox = "Lists/posthorn"}) == 1);
  CHECK(w.rows("Lists/posthorn") == "1:1");
  CHECK(w.find("Lists/posthorn")->uid_validity > before);
  CHECK(w.find("Lists") != nullptr);
}

TEST_CASE("undo: only what went lately") {
  World w;
  REQUIRE(w.add({1}, "one"));
  w.expunge_inbox(1);
  const auto since = w.mark();
  REQUIRE(w.add({1}, "two"));
  w.expunge_inbox(1);
  CHECK(w.undelete({.mailbox = "", .since = since}) == 1);
  CHECK(w.rows("INBOX") == "3:2");
}

TEST_CASE("undo: what came back outlives the log that told of its end; what was dropped does not come back") {
  World w;
  for (const char* text : {"one", "two"}) REQUIRE(w.add({1}, text));
  w.expunge_inbox(1);
  CHECK(w.undelete({.mailbox = "INBOX", .uids = UidSet::of({Uid(1)})}) == 1);
  w.truncate();
  CHECK(w.gone().empty());
  CHECK(w.undelete({}) == 0);
  CHECK(w.rows("INBOX") == "3:1");
  CHECK(w.is_whole());
  w.open();
  CHECK(w.is_whole());
}

TEST_CASE("undo: the quota holds") {
  World w;
  REQUIRE(w.add({1}, "a message"));
  w.expunge_inbox(1);
  REQUIRE(w.mail->change_now(w.account(), [](const Version&, WallTime) -> Result<Prepared> {
    Prepared prepared;
    prepared.changes.emplace_back(QuotaSet{5});
    return prepared;
  }));
  const auto back = undelete(*w.mail, w.account(), {});
  REQUIRE_FALSE(back);
  CHECK(back.error().code == Code::over_quota);
}

TEST_CASE("rewind: mailboxes, messages and flags are what they were; what came since stays") {
  World w;
  for (const char* text : {"one", "two", "three"}) REQUIRE(w.add({1}, text));
  w.set("INBOX", {.system = kSeen, .keywords = {"work"}});
  w.create("Old");
  w.create("Kept");
  w.move("INBOX", Uid(3), "Old");
  REQUIRE(w.run(set_subscribed(w.mail.get(), w.account(), "Kept", true)));
  const auto then = w.mark();
  const std::string inbox = w.rows("INBOX"), old = w.rows("Old");

  REQUIRE(w.run(delete_mailbox(w.mail.get(), w.account(), "Old")));
  REQUIRE(w.run(rename_mailbox(w.mail.get(), w.account(), "Kept", "Old")));
  REQUIRE(w.run(set_subscribed(w.mail.get(), w.account(), "Kept", false)));
  w.set("INBOX", {.system = 0, .keywords = {}});
  w.move("INBOX", Uid(1), "Trash");
  w.move("INBOX", Uid(2), "Trash", false);
  REQUIRE(w.add({1}, "four"));

  const auto done = rewind(*w.mail, w.account(), then);
  REQUIRE(done);
  CHECK(done->back == 2);
  CHECK(done->flags == 1);
  CHECK(done->removed == 2);
  CHECK(done->mailboxes == 2);
  CHECK(inbox == "1:1Sk 2:2Sk");
  CHECK(w.rows("INBOX") == "2:2Sk 4:4D 5:1Sk");
  CHECK(w.rows("Trash").empty());
  CHECK(old == "1:3Sk");
  CHECK(w.rows("Old") == "1:3Sk");
  CHECK(w.rows("Kept").empty());
  CHECK(w.account()->published()->subscriptions->contains("Kept"));
  CHECK(w.is_whole());
  const auto again = rewind(*w.mail, w.account(), then);
  REQUIRE(again);
  CHECK(again->back + again->flags + again->removed + again->mailboxes == 0);
  CHECK(w.rows("INBOX") == "2:2Sk 4:4D 5:1Sk");
}

TEST_CASE("rewind: only as far as the log goes back") {
  World w;
  REQUIRE(w.add({1}, "one"));
  const auto then = w.mark();
  w.expunge_inbox(1);
  w.truncate();
  const auto done = rewind(*w.mail, w.account(), then);
  REQUIRE_FALSE(done);
  CHECK(done.error().code == Code::unavailable);
  CHECK(done.error().text.find("is not known any more") != std::string::npos);
}
