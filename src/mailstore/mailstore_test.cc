#include "mailstore/mailstore.h"

#include <doctest/doctest.h>

#include "mailstore/append.h"
#include "mailstore/check.h"
#include "mailstore/copy.h"
#include "mailstore/expunge.h"
#include "mailstore/fold.h"
#include "mailstore/log.h"
#include "mailstore/mailboxes.h"
#include "mailstore/set_flags.h"
#include "mailstore/told.h"
#include "net/run_for_test.h"
#include "store/memory/memory_store.h"

using namespace posthorn;
using namespace posthorn::mailstore;

namespace {

/// A mail store in memory with two accounts, and the operations without their co_await.
struct World {
  World() {
    CHECK(mail.create_account(AccountId(1)));
    CHECK(mail.create_account(AccountId(2)));
    alice = *mail.open_now(AccountId(1));
    bob = *mail.open_now(AccountId(2));
  }

  template <class T>
  T run(net::Task<T> task) {
    return net::result_for_test(std::move(task));
  }

  NewMessagePtr message(std::string_view text) {
    MessageWriter writer(mail, "Received: here\r\n");
    for (std::size_t at = 0; at < text.size(); at += 10'000)
      if (!writer.feed(text.substr(at, 10'000))) run_void(writer.drained());
    auto done = run(writer.finish());
    REQUIRE(done);
    return *done;
  }
  void run_void(net::Task<> task) {
    net::run_for_test([&](const net::Executor&) { return std::move(task); });
  }

  Result<std::vector<AppendedTo>> add(const AccountPtr& account, std::string_view text,
                                      std::string_view mailbox = "INBOX", FlagNames flags = {}) {
    return run(append(&mail, {{message(text),
                               {account, account->published()->find(mailbox)->id, std::move(flags),
                                from_seconds(1'000'000), false}}}));
  }
  OpenMailboxPtr open(const AccountPtr& account, std::string_view name = "INBOX") {
    auto opened = mail.open_mailbox_now(account, account->published()->find(name)->id);
    REQUIRE(opened);
    return *opened;
  }

  store::MemoryStore store;
  net::Offload offload{1};
  Mailstore mail{store, offload};
  AccountPtr alice, bob;
};

std::string text(int n) {
  return "From: a@b.c\r\nSubject: number " + std::to_string(n) + "\r\nMessage-ID: <" + std::to_string(n) +
         "@b.c>\r\n\r\nBody " + std::to_string(n) + "\r\n";
}

const Mailbox& inbox(const AccountPtr& account) {
  static VersionPtr kept;
  kept = account->published();
  return *kept->find("INBOX");
}

UidSet uids(std::initializer_list<std::uint32_t> list) {
  UidSet set;
  for (const auto u : list) set.append(Uid(u));
  return set;
}

}  // namespace

TEST_CASE("mailstore: a new account has the mailboxes that clients look for") {
  World w;
  const auto version = w.alice->published();
  CHECK(version->modseq == ModSeq(1));
  CHECK(version->find("INBOX") != nullptr);
  CHECK(version->find("Sent")->special_use == SpecialUse::sent);
  CHECK(version->subscriptions->contains("Trash"));
  CHECK(w.mail.create_account(AccountId(1)).error().code == Code::already_exists);
  CHECK(w.mail.open_now(AccountId(9)).error().code == Code::not_found);
}

TEST_CASE("mailstore: append counts, and the octets come back") {
  World w;
  const auto added = w.add(w.alice, text(1), "INBOX", {.system = kSeen, .keywords = {"$Todo"}});
  REQUIRE(added);
  CHECK(added->front().uid == Uid(1));
  const auto second = w.add(w.alice, text(2));
  CHECK(second->front().uid == Uid(2));
  CHECK(inbox(w.alice).messages == 2);
  CHECK(inbox(w.alice).unseen == 1);
  CHECK(inbox(w.alice).uid_next == Uid(3));
  CHECK(w.alice->published()->keywords->find("$TODO") == KeywordId(0));
  const auto emails = read_emails(w.store, AccountId(1), {added->front().email});
  REQUIRE(emails);
  const auto& email = emails->front();
  CHECK(*read_octets(w.store, email, 0, UINT64_MAX, store::Wait::disk) == "Received: here\r\n" + text(1));
  CHECK(*read_octets(w.store, email, 10, 10, store::Wait::disk) == "here\r\nFrom");
  CHECK(email.summary.message_id == "1@b.c");
  CHECK(inbox(w.alice).bytes == email.size() * 2);
}

TEST_CASE("mailstore: one commit delivers to many accounts, a large body once") {
  World w;
  const auto message = w.message(text(1) + std::string(1'000'000, 'x'));
  CHECK(message->bytes == nullptr);
  const auto at = [&](const AccountPtr& a) {
    return Addition{message, {a, a->published()->find("INBOX")->id, {}, wall_now(), true}};
  };
  const auto added = w.run(append(&w.mail, {at(w.alice), at(w.bob), at(w.alice)}));
  REQUIRE(added);
  CHECK(inbox(w.alice).messages == 2);
  CHECK(inbox(w.bob).messages == 1);
  const auto emails = read_emails(w.store, AccountId(2), {added->at(1).email});
  CHECK(read_octets(w.store, emails->front(), 0, UINT64_MAX, store::Wait::disk)->size() == emails->front().size());
}

TEST_CASE("mailstore: threads join by reference and subject") {
  World w;
  const auto thread_of = [&](const Result<std::vector<AppendedTo>>& added) {
    return read_emails(w.store, AccountId(1), {added->front().email})->front().thread;
  };
  const auto first = w.add(w.alice, "Message-ID: <1@x>\r\nSubject: tea\r\n\r\n");
  const auto reply = w.add(w.alice, "Message-ID: <2@x>\r\nIn-Reply-To: <1@x>\r\nSubject: Re: tea\r\n\r\n");
  const auto other = w.add(w.alice, "Message-ID: <3@x>\r\nReferences: <1@x>\r\nSubject: coffee\r\n\r\n");
  CHECK(thread_of(first) == ThreadId(first->front().email.value()));
  CHECK(thread_of(reply) == thread_of(first));
  CHECK(thread_of(other) != thread_of(first));
}

TEST_CASE("mailstore: flags, unchanged-since, and what a session is told") {
  World w;
  for (int i = 1; i <= 5; ++i) REQUIRE(w.add(w.alice, text(i)));
  const auto open = w.open(w.alice);
  Told told(*open->version()->find(open->id()));
  CHECK(told.messages() == 5);
  CHECK(told.uid_of(Msn(6)).is_zero());
  const auto set = w.run(set_flags(&w.mail, open, {uids({2, 3, 9}), FlagsOp::add, {kSeen | kDeleted, {"k"}}, {}}));
  REQUIRE(set);
  CHECK(set->changed == uids({2, 3}));
  CHECK(inbox(w.alice).unseen == 3);
  CHECK(inbox(w.alice).deleted == 2);
  auto news = told.update(*open->version()->find(open->id()), false);
  CHECK(news.changed == uids({2, 3}));
  CHECK_FALSE(news.grown);
  const auto again = w.run(set_flags(&w.mail, open, {uids({2, 4}), FlagsOp::add, {kFlagged, {}}, ModSeq(6)}));
  CHECK(again->modified == uids({2}));
  CHECK(again->changed == uids({4}));
  REQUIRE(w.add(w.alice, text(6)));
  const auto gone = w.run(expunge(&w.mail, open, std::nullopt));
  CHECK(gone->expunged == uids({2, 3}));
  news = told.update(*open->version()->find(open->id()), false);
  CHECK(news.expunged.empty());
  CHECK(news.grown);
  CHECK(told.messages() == 6);
  CHECK(open->find(Uid(2))->email == EmailId(2));
  news = told.update(*open->version()->find(open->id()), true);
  CHECK(news.expunged == std::vector<Msn>{Msn(2), Msn(2)});
  CHECK(news.vanished == uids({2, 3}));
  CHECK(told.messages() == 4);
  CHECK(told.msn_of(Uid(6)) == Msn(4));
}

TEST_CASE("mailstore: copy keeps the email, move leaves nothing, between accounts too") {
  World w;
  for (int i = 1; i <= 3; ++i) REQUIRE(w.add(w.alice, text(i), "INBOX", {.system = kFlagged, .keywords = {"work"}}));
  const auto open = w.open(w.alice);
  const auto archive = w.alice->published()->find("Archive")->id;
  const auto copied = w.run(copy(&w.mail, open, uids({1, 3, 7}), w.alice, archive, false));
  REQUIRE(copied);
  CHECK(copied->uids == std::vector<std::pair<Uid, Uid>>{{Uid(1), Uid(1)}, {Uid(3), Uid(2)}});
  CHECK(w.open(w.alice, "Archive")->find(Uid(2))->email == EmailId(3));
  const auto moved = w.run(copy(&w.mail, open, uids({2, 3}), w.bob, inbox(w.bob).id, true));
  REQUIRE(moved);
  CHECK(inbox(w.alice).messages == 1);
  CHECK(inbox(w.bob).messages == 2);
  const auto row = w.open(w.bob)->find(Uid(1));
  CHECK(row->flags.has(kFlagged));
  CHECK(w.bob->published()->keywords->find("work") == KeywordId(0));
  CHECK(row->flags.keywords.has(0));
  const auto email = read_emails(w.store, AccountId(2), {row->email})->front();
  CHECK(read_octets(w.store, email, 0, UINT64_MAX, store::Wait::disk)->ends_with("Body 2\r\n"));
  const auto lost = w.run(copy(&w.mail, open, uids({1}), w.alice, MailboxId(99), false));
  CHECK(lost.error().code == Code::not_found);
}

TEST_CASE("mailstore: mailboxes are made with their levels, renamed with those below, removed without") {
  World w;
  CHECK(w.run(create_mailbox(&w.mail, w.alice, "a/b/c")));
  CHECK(w.alice->published()->find("a/b") != nullptr);
  CHECK(w.run(create_mailbox(&w.mail, w.alice, "a/b/c")).error().code == Code::already_exists);
  const auto id = w.alice->published()->find("a/b/c")->id;
  CHECK(w.run(rename_mailbox(&w.mail, w.alice, "a/b", "x/y")));
  CHECK(w.alice->published()->find("x/y/c")->id == id);
  CHECK(w.alice->published()->find("x") != nullptr);
  CHECK(w.run(rename_mailbox(&w.mail, w.alice, "x", "x/z")).error().code == Code::invalid);
  CHECK(w.run(delete_mailbox(&w.mail, w.alice, "x/y")));
  CHECK(w.alice->published()->find("x/y/c") != nullptr);
  CHECK(w.run(delete_mailbox(&w.mail, w.alice, "INBOX")).error().code == Code::denied);
  REQUIRE(w.add(w.alice, text(1)));
  CHECK(w.run(rename_mailbox(&w.mail, w.alice, "INBOX", "old")));
  CHECK(inbox(w.alice).messages == 0);
  CHECK(inbox(w.alice).uid_next == Uid(2));
  CHECK(w.alice->published()->find("old")->messages == 1);
  CHECK(w.run(set_subscribed(&w.mail, w.alice, "not there", true)));
  CHECK(w.alice->published()->subscriptions->contains("not there"));
}

TEST_CASE("mailstore: names have room for so many bytes together, as one row holds them all") {
  World w;
  const auto name = [](int i) { return std::to_string(i) + std::string(64 * 1024, 'x'); };
  int made = 0;
  while (w.run(create_mailbox(&w.mail, w.alice, name(made)))) ++made;
  CHECK(made == 31);
  CHECK(w.run(create_mailbox(&w.mail, w.alice, name(made))).error().code == Code::too_many);
  CHECK(w.run(create_mailbox(&w.mail, w.alice, "short")));
  CHECK(w.run(rename_mailbox(&w.mail, w.alice, "short", name(made))).error().code == Code::too_many);
  CHECK(w.run(rename_mailbox(&w.mail, w.alice, "short", "shorter")));
  CHECK(w.run(rename_mailbox(&w.mail, w.alice, name(0), "0")));
  CHECK(w.run(create_mailbox(&w.mail, w.alice, name(made))));
  int subscribed = 0;
  while (w.run(set_subscribed(&w.mail, w.alice, name(subscribed), true))) ++subscribed;
  CHECK(subscribed == 31);
  CHECK(w.run(set_subscribed(&w.mail, w.alice, name(0), false)));
  CHECK(w.run(set_subscribed(&w.mail, w.alice, name(subscribed), true)));
}

TEST_CASE("mailstore: a failed commit fails those on top of it, and the head goes back") {
  World w;
  REQUIRE(w.add(w.alice, text(1)));
  w.store.fail_next_group();
  CHECK(w.add(w.alice, text(2)).error().code == Code::io);
  const auto next = w.add(w.alice, text(3));
  REQUIRE(next);
  CHECK(next->front().uid == Uid(2));
  CHECK(inbox(w.alice).messages == 2);
}

TEST_CASE("mailstore: quota refuses what does not fit, but not a delivery") {
  World w;
  CHECK(w.run(w.mail.change(
      w.alice, [](const Version&, WallTime) -> Result<Prepared> { return Prepared{{QuotaSet{1000}}, {}}; })));
  CHECK(w.add(w.alice, std::string(2000, 'x')).error().code == Code::over_quota);
  CHECK(w.run(append(&w.mail, {{w.message(std::string(2000, 'x')), {w.alice, MailboxId(77), {}, wall_now(), true}}})));
  CHECK(inbox(w.alice).messages == 1);
}

TEST_CASE("mailstore: private flags are a user's own") {
  World w;
  for (int i = 1; i <= 2; ++i) REQUIRE(w.add(w.alice, text(i)));
  const auto open = w.open(w.alice);
  const auto set = w.run(set_private_flags(&w.mail, open, AccountId(2), {uids({1}), FlagsOp::add, {kSeen, {}}, {}}));
  REQUIRE(set);
  CHECK(set->changed == uids({1}));
  const auto version = open->version();
  const Mailbox& mailbox = *version->find(open->id());
  const auto mine = seen_by(*mailbox.columns->find(Uid(1)), marks_of(mailbox, AccountId(2)));
  CHECK(mine.flags.has(kSeen));
  CHECK(mine.modseq == version->modseq);
  CHECK_FALSE(mailbox.columns->find(Uid(1))->flags.has(kSeen));
  CHECK_FALSE(seen_by(*mailbox.columns->find(Uid(1)), marks_of(mailbox, AccountId(3))).flags.has(kSeen));
}

TEST_CASE("mailstore: everything is there again after reopening, from base, checkpoint and log") {
  World w;
  for (int i = 1; i <= 1200; ++i) REQUIRE(w.add(w.alice, text(i)));
  const auto open = w.open(w.alice);
  REQUIRE(w.run(set_flags(&w.mail, open, {uids({2, 700, 1100}), FlagsOp::add, {kDeleted, {"k"}}, {}})));
  w.mail.tidy();
  REQUIRE(w.run(expunge(&w.mail, open, uids({700}))));
  Mailstore again(w.store, w.offload);
  const auto account = *again.open_now(AccountId(1));
  const auto before = w.alice->published();
  const auto after = account->published();
  CHECK(after->modseq == before->modseq);
  const auto reopened = *again.open_mailbox_now(account, open->id());
  const Mailbox& a = *before->find(open->id());
  const auto now = reopened->version();
  const Mailbox& b = *now->find(open->id());
  CHECK(a.messages == b.messages);
  CHECK(a.unseen == b.unseen);
  CHECK(a.deleted == 2);
  CHECK(b.deleted == 2);
  REQUIRE(b.columns);
  CHECK(a.columns->uids() == b.columns->uids());
  for (std::uint32_t i = 0; i < b.columns->size(); ++i) CHECK(a.columns->at(i) == b.columns->at(i));
}

TEST_CASE("mailstore: check finds nothing wrong, and tells what is") {
  World w;
  for (int i = 1; i <= 5; ++i) REQUIRE(w.add(w.alice, text(i)));
  auto report = check(w.store);
  REQUIRE(report);
  CHECK(report->wrong.empty());
  CHECK(report->accounts == 2);
  CHECK(report->messages == 5);
  CHECK(w.store.commit(store::Commit().erase(email_key(AccountId(1), EmailId(2)))));
  CHECK(check(w.store)->wrong == std::vector<std::string>{"account 1: email 2: the row of an email is missing"});
  CHECK(w.store.commit(store::Commit().erase(log_key(AccountId(1), ModSeq(3)))));
  CHECK(check(w.store)->wrong == std::vector<std::string>{"account 1: log entry 3 of account 1 is missing"});
}

TEST_CASE("mailstore: a log is dropped behind a new base, and emails that nothing names go with it") {
  World w;
  for (int i = 1; i <= 10; ++i) REQUIRE(w.add(w.alice, text(i)));
  {
    const auto open = w.open(w.alice);
    REQUIRE(w.run(set_flags(&w.mail, open, {uids({2, 9}), FlagsOp::add, {kDeleted, {}}, {}})));
    REQUIRE(w.run(expunge(&w.mail, open, std::nullopt)));
  }
  const auto modseq = w.alice->published()->modseq;
  REQUIRE(w.add(w.alice, text(11)));
  CHECK(w.mail.truncate_log(AccountId(1), ModSeq(1000)).error().code == Code::invalid);
  CHECK(read_emails(w.store, AccountId(1), {EmailId(2)}));
  CHECK(w.mail.truncate_log(AccountId(1), modseq));
  CHECK_FALSE(read_emails(w.store, AccountId(1), {EmailId(2)}));
  CHECK(read_emails(w.store, AccountId(1), {EmailId(3), EmailId(11)}));
  CHECK_FALSE(*w.store.get(log_key(AccountId(1), modseq)));
  CHECK(check(w.store)->wrong.empty());
  Mailstore again(w.store, w.offload);
  const auto account = *again.open_now(AccountId(1));
  CHECK(account->published()->modseq == modseq.next());
  CHECK(account->published()->find("INBOX")->messages == 9);
  CHECK(w.mail.truncate_log(AccountId(1), modseq.next()));
  CHECK(check(w.store)->wrong.empty());
  CHECK(w.mail.delete_account(AccountId(1)));
  CHECK(check(w.store)->accounts == 1);
}

TEST_CASE("mailstore: an address that comes back has mailboxes of a higher UIDVALIDITY, whatever the clock says") {
  TurnedClock clock(from_seconds(1'800'000'000));
  World w;
  const auto validity = [&](std::uint32_t id) {
    return (*w.mail.open_now(AccountId(id)))->published()->find("INBOX")->uid_validity;
  };
  const auto last = w.alice->published()->next_uid_validity;
  CHECK(last > validity(1));
  w.alice.reset();
  REQUIRE(w.mail.delete_account(AccountId(1)));
  clock.jump_wall(-std::chrono::hours(1));
  REQUIRE(w.mail.create_account(AccountId(9)));
  CHECK(validity(9) >= last);
  clock.jump_wall(std::chrono::hours(2));
  REQUIRE(w.mail.create_account(AccountId(10)));
  CHECK(validity(10) > validity(9));
}
