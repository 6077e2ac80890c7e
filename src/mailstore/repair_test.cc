#include "mailstore/repair.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "mailstore/account_rows.h"
#include "mailstore/check.h"
#include "mailstore/log.h"
#include "mailstore/world_for_test.h"
#include "store/blob/location.h"
#include "store/commit_codec.h"

namespace posthorn::mailstore {
namespace {

struct RepairWorld : WorldForTest {
  RepairWorld() {
    for (int i = 0; i < 10; ++i) REQUIRE(add({1}, numbered(i)));
  }
  static std::string numbered(int i) {
    return fmt::format("Subject: m{}\r\nMessage-ID: <{}@x>\r\n\r\nbody {}\r\n", i, i, i);
  }
  /// As a command does that nobody else disturbs.
  RepairReport repaired(bool lacks_commits = false) {
    mail_away();
    const auto report = repair(*store, {.known = {AccountId(1), AccountId(2)}, .lacks_commits = lacks_commits});
    REQUIRE(report);
    const auto checked = check(*store);
    REQUIRE(checked);
    for (const auto& line : checked->wrong) FAIL_CHECK(line);
    mail = std::make_unique<Mailstore>(*store, offload, options);
    return *report;
  }
  void mail_away() { mail.reset(); }
  void erase(const std::string& key) { REQUIRE(store->commit(store::Commit().erase(key))); }
  void put(const std::string& key, const std::string& value) {
    REQUIRE(store->commit(store::Commit().put(key, value)));
  }
  std::string inbox() {
    const auto a = account();
    const auto open = *mail->open_mailbox_now(a, a->published()->find("INBOX")->id);
    std::string text;
    const auto version = open->version();
    const auto* m = version->find(open->id());
    m->columns->for_each(0, m->columns->size(), [&](const Placement& p) { text += fmt::format("{} ", p.uid.value()); });
    return text;
  }
  Email email(EmailId id) { return read_emails(*store, AccountId(1), {id})->front(); }
};

constexpr const char* kAll = "1 2 3 4 5 6 7 8 9 10 ";

}  // namespace

TEST_CASE("repair: a healthy store is left as it is") {
  RepairWorld world;
  const auto modseq = world.account()->published()->modseq;
  const auto report = world.repaired();
  CHECK(report.mended.empty());
  CHECK(report.lost.empty());
  CHECK(world.account()->published()->modseq == modseq);
  CHECK(world.account()->published()->epoch == 1);
}

TEST_CASE("repair: a damaged checkpoint is dropped, and nothing is lost") {
  RepairWorld world;
  world.options.entries_a_checkpoint = 1;
  world.open();
  (void)world.account();
  REQUIRE(world.add({1}, RepairWorld::numbered(10)));
  world.mail->tidy();
  REQUIRE(*world.store->get(head_key(checkpoint_place(AccountId(1)))));
  world.put(head_key(checkpoint_place(AccountId(1))), "damaged");
  const auto report = world.repaired();
  CHECK(report.mended.size() == 1);
  CHECK(report.lost.empty());
  CHECK(world.inbox() == std::string(kAll) + "11 ");
  CHECK(world.account()->published()->epoch == 1);
}

TEST_CASE("repair: references and what was told as \\Recent are put right") {
  RepairWorld world;
  const auto email = world.email(EmailId(4));
  world.erase(reference_key(email.digest, AccountId(1), EmailId(4)));
  world.put(recent_key(AccountId(1), MailboxId(1)), encode_recent(Uid(500)));
  const auto report = world.repaired();
  CHECK(report.mended.size() == 2);
  CHECK(report.lost.empty());
  CHECK(*world.store->get(reference_key(email.digest, AccountId(1), EmailId(4))));
}

TEST_CASE("repair: a log entry that is gone costs what it said, and the rest stays") {
  RepairWorld world;
  world.erase(log_key(AccountId(1), ModSeq(6)));
  const auto validity = world.account(2)->published()->next_uid_validity;
  const auto report = world.repaired();
  CHECK(report.lost.size() == 2);
  CHECK(report.lost.back() == "account 1: changes 6 to 6 are gone");
  // The message of that entry has no place any more, but its email is there.
  CHECK(world.inbox() == "1 2 3 4 6 7 8 9 10 ");
  CHECK(world.account()->published()->find("Recovered")->messages == 1);
  CHECK(world.account()->published()->find("INBOX")->uid_validity >= validity);
  CHECK(world.account()->published()->epoch == 2);
  REQUIRE(world.add({1}, RepairWorld::numbered(20)));
  CHECK(world.inbox() == "1 2 3 4 6 7 8 9 10 11 ");
}

TEST_CASE("repair: a damaged base is made anew of the log, or of its twin") {
  for (const bool has_twin : {false, true}) {
    RepairWorld world;
    if (has_twin) {
      world.options.entries_a_checkpoint = 1;
      world.open();
      (void)world.account();
      REQUIRE(world.add({1}, RepairWorld::numbered(10)));
      world.mail->tidy();
      // The log before is dropped from the store, so that the base alone tells of the first messages.
    }
    const auto row = *read_account_row(*world.store, AccountId(1));
    world.put(head_key(base_place(AccountId(1), row)), "damaged");
    const auto report = world.repaired();
    CHECK(!report.lost.empty());
    CHECK(world.inbox() == (has_twin ? std::string(kAll) + "11 " : kAll));
    CHECK(world.account()->published()->find("Sent") != nullptr);
    CHECK(world.account()->published()->epoch == 2);
  }
}

TEST_CASE("repair: an account whose every list is gone keeps its mail in Recovered") {
  RepairWorld world;
  REQUIRE(world.mail->truncate_log(AccountId(1), world.account()->published()->modseq));
  const auto row = *read_account_row(*world.store, AccountId(1));
  const auto prefix = place_prefix(base_place(AccountId(1), row));
  std::vector<std::string> keys;
  REQUIRE(world.store->scan(prefix, store::after_prefix(prefix), [&](std::string_view key, std::string_view) {
    keys.emplace_back(key);
    return true;
  }));
  for (const auto& key : keys) world.erase(key);
  world.erase(account_key(AccountId(1)));
  (void)world.repaired();
  CHECK(world.account()->published()->find("INBOX")->messages == 0);
  CHECK(world.account()->published()->find("Recovered")->messages == 10);
}

TEST_CASE("repair: the row of an email is made anew from its body, and told where that is gone too") {
  RepairWorld world;
  const auto third = world.email(EmailId(3)), fifth = world.email(EmailId(5));
  world.erase(email_key(AccountId(1), EmailId(3)));
  world.erase(email_key(AccountId(1), EmailId(5)));
  world.erase(store::blob_key(fifth.digest));
  const auto report = world.repaired();
  CHECK(report.lost.size() == 1);
  CHECK(report.lost.front().starts_with("account 1: INBOX: UID 5: "));
  CHECK(world.inbox() == "1 2 3 4 6 7 8 9 10 ");
  CHECK(world.email(EmailId(3)).summary.envelope == third.summary.envelope);
  CHECK(world.email(EmailId(3)).blob_size == third.blob_size);
}

TEST_CASE("repair: a message whose body is gone keeps its place, and has it again when the body comes") {
  RepairWorld world;
  const auto email = world.email(EmailId(7));
  world.erase(store::blob_key(email.digest));
  world.mail_away();
  const auto report = repair(*world.store, {});
  REQUIRE(report);
  CHECK(report->lost.size() == 1);
  world.open();
  CHECK(world.inbox() == kAll);
  bool given = false;
  REQUIRE(world.store->heal(email.digest, [&]() -> Result<std::string> {
    return std::exchange(given, true) ? "" : RepairWorld::numbered(6);
  }));
  CHECK(*read_octets(*world.store, email, 0, UINT64_MAX, store::Wait::disk) == RepairWorld::numbered(6));
  CHECK(check(*world.store)->wrong.empty());
  CHECK(world.store->check()->empty());
  CHECK(world.store->heal(email.digest, []() -> Result<std::string> { return ""; }).error().code == Code::invalid);
}

TEST_CASE("repair: beside a running server only what it does not touch") {
  RepairWorld world;
  world.erase(log_key(AccountId(1), ModSeq(6)));
  world.erase(reference_key(world.email(EmailId(9)).digest, AccountId(1), EmailId(9)));
  const auto report = repair(*world.store, {.mode = RepairMode::online});
  REQUIRE(report);
  CHECK(report->lost.back().ends_with("(waits for the server to be stopped)"));
  CHECK(world.repaired().lost.size() == 2);
}

TEST_CASE("repair: where commits are gone, nothing that was told is said of something else") {
  RepairWorld world;
  const auto before = world.account()->published();
  // The last change of the account is in no list: nothing shows that it was there.
  world.erase(log_key(AccountId(1), before->modseq));
  const auto report = world.repaired(true);
  CHECK(report.lost.empty());
  const auto after = world.account()->published();
  CHECK(world.inbox() == "1 2 3 4 5 6 7 8 9 ");
  CHECK(after->find("INBOX")->uid_validity == before->find("INBOX")->uid_validity);
  CHECK(after->find("INBOX")->uid_next > before->find("INBOX")->uid_next);
  CHECK(after->modseq > before->modseq);
  CHECK(after->next_email > before->next_email);
  CHECK(after->next_uid_validity > before->next_uid_validity);
  REQUIRE(world.add({1}, RepairWorld::numbered(20)));
  CHECK(world.repaired().lost.empty());
}

TEST_CASE("repair: what a damaged commit was about is told as far as it can be read") {
  store::Commit commit;
  Placement placement;
  placement.uid = Uid(17);
  const LogEntry entry{.modseq = ModSeq(9), .time = {}, .changes = {Added{MailboxId(1), placement, true}}};
  commit.put(log_key(AccountId(3), entry.modseq), encode_entry(entry)).put("Z", "more");
  std::string bytes;
  store::encode_commit(bytes, commit);
  CHECK(describe_commit(bytes) == "account 3 UID 17 of mailbox 1");
  CHECK(describe_commit(bytes.substr(0, bytes.size() - 5)) == "account 3 UID 17 of mailbox 1");
  CHECK(describe_commit("").empty());
}

}  // namespace posthorn::mailstore
