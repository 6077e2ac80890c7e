#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

#include "backup/account_record.h"
#include "backup/frames.h"
#include "backup/giver.h"
#include "backup/restore_all.h"
#include "backup/restore_part.h"
#include "backup/restore_receiver.h"
#include "backup/saved_mail.h"
#include "backup/taker.h"
#include "backup/upkeep.h"
#include "mailstore/check.h"
#include "mailstore/mailboxes.h"
#include "mailstore/set_flags.h"
#include "mailstore/world_for_test.h"
#include "net/io_threads.h"

namespace posthorn::backup {
namespace {

using mailstore::WorldForTest;

const std::atomic<bool> kNever{false};

/// Both ends of a conversation; the server's is on a thread of its own.
class Talk {
 public:
  explicit Talk(std::function<void(migration::Channel&)> server) {
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends_) == 0);
    thread_ = std::thread([this, server = std::move(server)] {
      migration::Channel channel(ends_[1], &kNever);
      server(channel);
      ::shutdown(ends_[1], SHUT_RDWR);
    });
  }
  ~Talk() {
    ::shutdown(ends_[0], SHUT_RDWR);
    thread_.join();
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  int fd() const { return ends_[0]; }

 private:
  int ends_[2] = {-1, -1};
  std::thread thread_;
};

std::string mail(const std::string& subject, std::size_t size = 10) {
  return "Subject: " + subject + "\r\nMessage-ID: <" + subject + "@x>\r\n\r\n" + std::string(size, 'b') + "\r\n";
}

BackupAsked asked(bool asks_for_all) {
  return {.files = {{"/etc/x", 0600, "hello"}}, .program = "test", .asks_for_all = asks_for_all, .stop = nullptr};
}

struct Backups {
  Result<BackedUp> take(WorldForTest& world, bool asks_for_all = false) {
    const Talk talk(
        [&](migration::Channel& channel) { (void)give_backup(world.mail.get(), {"store", "host"}, &channel); });
    migration::Channel channel(talk.fd(), &kNever);
    auto archive = Archive::open_to_write(disk, "b");
    if (!archive) return fail(archive);
    return take_backup(**archive, channel, asked(asks_for_all), {});
  }
  std::unique_ptr<Archive> open() {
    auto archive = Archive::open(disk, "b");
    REQUIRE(archive);
    return std::move(*archive);
  }
  std::vector<std::string> wrong() { return verify(*open(), false, nullptr, {})->wrong; }
  std::vector<std::string> packs() {
    std::vector<std::string> paths;
    const auto archive = open();
    for (std::size_t i = 0; i < archive->packs().size(); ++i) paths.push_back(archive->path_of(i));
    return paths;
  }

  store::SimulatedFiles disk;
};

/// A store with what a backup brings back.
struct Restored {
  explicit Restored(Backups& backups, const std::string& name = "") {
    REQUIRE(disk.make_folder("s"));
    open();
    const auto archive = backups.open();
    const auto point = read_point(*archive, name);
    REQUIRE(point);
    auto done = restore_all(*archive, *point, *store, nullptr, {});
    REQUIRE(done);
    outcome = std::move(*done);
    open();
    mail = std::make_unique<mailstore::Mailstore>(*store, offload);
  }
  void open() {
    store.reset();
    auto opened = store::log::LogStore::open(disk, "s", {.index = {}, .segment_bytes = 1 << 20, .reserve_bytes = 0});
    REQUIRE(opened);
    store = std::move(*opened);
  }
  store::SimulatedFiles disk;
  net::Offload offload{1};
  std::unique_ptr<store::log::LogStore> store;
  std::unique_ptr<mailstore::Mailstore> mail;
  RestoredAll outcome;
};

/// All that clients see of an account's messages.
std::string told(mailstore::Mailstore& mail, std::uint32_t account = 1) {
  std::string text;
  const auto a = *mail.open_now(AccountId(account));
  const auto now = a->published();
  for (const auto& mailbox : now->mailboxes) {
    const auto open = *mail.open_mailbox_now(a, mailbox->id);
    const auto version = open->version();
    const auto* m = version->find(mailbox->id);
    text += fmt::format("{} {} {} {} {}:", m->name, m->uid_next.value(), m->messages, m->unseen, m->bytes);
    m->columns->for_each(0, m->columns->size(), [&](const mailstore::Placement& p) {
      const auto email = *mailstore::read_emails(mail.store(), a->id(), {p.email});
      const auto bytes = mailstore::read_octets(mail.store(), email.front(), 0, UINT64_MAX, store::Wait::disk);
      text += fmt::format(" {}/{}/{}/{}/{}", p.uid.value(), p.flags.system, p.modseq.value(), to_seconds(p.received),
                          bytes ? std::hash<std::string>()(*bytes) : 0);
      p.flags.keywords.for_each([&](auto id) { text += "/" + version->keywords->name(id); });
    });
    text += "\n";
  }
  return text;
}
std::string told(WorldForTest& world, std::uint32_t account = 1) { return told(*world.mail, account); }
std::string told(const Restored& restored, std::uint32_t account = 1) { return told(*restored.mail, account); }

void check_sound(store::log::LogStore& store) {
  CHECK(store.check()->empty());
  const auto report = mailstore::check(store);
  REQUIRE(report);
  for (const auto& line : report->wrong) FAIL_CHECK(line);
}

}  // namespace

TEST_CASE("what a backup holds is what was there, under new UIDVALIDITYs") {
  WorldForTest world;
  for (int i = 0; i < 20; ++i) REQUIRE(world.add({1, 2}, mail(fmt::format("m{}", i), i == 7 ? 300'000 : 10)));
  world.expunge_inbox(2);
  REQUIRE(world.add({2}, mail("later")));
  const auto open = *world.mail->open_mailbox_now(world.account(), world.account()->published()->find("INBOX")->id);
  REQUIRE(world.run(mailstore::set_flags(world.mail.get(), open,
                                         {.uids = mailstore::UidSet::of({Uid(3), Uid(5)}),
                                          .op = mailstore::FlagsOp::replace,
                                          .flags = {mailstore::kSeen, {"$Work"}},
                                          .unchanged_since = {}})));
  const auto before = told(world), before_of_other = told(world, 2);
  Backups backups;
  const auto done = backups.take(world);
  REQUIRE(done);
  CHECK(done->messages == 21);
  CHECK(done->damaged.empty());
  Restored restored(backups);
  CHECK(restored.outcome.lost.empty());
  CHECK(restored.outcome.messages == 21);
  CHECK(told(restored) == before);
  CHECK(told(restored, 2) == before_of_other);
  const auto was = world.account()->published(), is = (*restored.mail->open_now(AccountId(1)))->published();
  for (const auto& mailbox : was->mailboxes) {
    CHECK(is->find(mailbox->id)->uid_validity > was->next_uid_validity);
    CHECK(is->find(mailbox->id)->name == mailbox->name);
  }
  CHECK(is->epoch == was->epoch + 1);
  CHECK(*is->subscriptions == *was->subscriptions);
  check_sound(*restored.store);
}

TEST_CASE("a second run copies what is new, and nothing else") {
  WorldForTest world;
  for (int i = 0; i < 30; ++i) REQUIRE(world.add({1}, mail(fmt::format("m{}", i), 5000)));
  Backups backups;
  CHECK(backups.take(world)->new_bodies == 30);
  const auto same = backups.take(world);
  CHECK(same->new_bodies == 0);
  CHECK(same->written == 0);
  REQUIRE(world.add({1}, mail("one more", 5000)));
  const auto more = backups.take(world);
  CHECK(more->new_bodies == 1);
  CHECK(more->written < 20'000);
  CHECK(backups.wrong().empty());
  const auto before = told(world);
  CHECK(told(Restored(backups)) == before);
  // Each point is what was there then.
  const auto names = *backups.open()->point_names();
  REQUIRE(names.size() == 3);
  CHECK(told(Restored(backups, names[0])) != before);
}

TEST_CASE("many small runs leave few batches") {
  WorldForTest world;
  Backups backups;
  for (int i = 0; i < 40; ++i) {
    REQUIRE(world.add({1}, mail(fmt::format("m{}", i))));
    REQUIRE(backups.take(world));
  }
  const auto archive = backups.open();
  const auto point = *read_point(*archive, "");
  const auto account = *decode_account(*archive->read(point.point.accounts.front().record));
  CHECK(account.batches.size() < 8);
  CHECK(told(Restored(backups)) == told(world));
}

TEST_CASE("an account whose past is another one is copied anew") {
  WorldForTest world;
  for (int i = 0; i < 5; ++i) REQUIRE(world.add({1}, mail(fmt::format("m{}", i))));
  world.close();
  const auto older = world.disk.clone();
  world.open();
  for (int i = 0; i < 5; ++i) REQUIRE(world.add({1}, mail(fmt::format("lost{}", i))));
  Backups backups;
  REQUIRE(backups.take(world));
  // The data folder is set back, and goes on differently up to the same numbers.
  world.close();
  auto copy = older->clone();
  auto opened = store::log::LogStore::open(*copy, "s", {.index = {}, .segment_bytes = 1 << 20, .reserve_bytes = 0});
  REQUIRE(opened);
  world.store = std::move(*opened);
  world.mail = std::make_unique<mailstore::Mailstore>(*world.store, world.offload, world.options);
  for (int i = 0; i < 5; ++i) REQUIRE(world.add({1}, mail(fmt::format("other{}", i))));
  REQUIRE(backups.take(world));
  const auto now = told(world);
  CHECK(told(Restored(backups)) == now);
  world.close();
}

TEST_CASE("what is deleted while a backup runs is in it") {
  WorldForTest world;
  REQUIRE(world.add({1}, mail("kept", 5000)));
  REQUIRE(world.add({1}, mail("gone", 200'000)));
  const auto before = told(world);
  Backups backups;
  const Talk talk([&](migration::Channel& channel) {
    // Between the snapshot and the first question everything goes.
    (void)give_backup(world.mail.get(), {"store", "host"}, &channel);
  });
  migration::Channel channel(talk.fd(), &kNever);
  REQUIRE(send(channel, kind::kInfo));
  REQUIRE(receive(channel));
  world.expunge_inbox(1);
  REQUIRE(world.mail->truncate_log(AccountId(1), world.account()->published()->modseq));
  world.mail->tidy();
  auto archive = *Archive::open_to_write(backups.disk, "b");
  const auto done = take_backup(*archive, channel, {}, {});
  REQUIRE(done);
  CHECK(done->damaged.empty());
  CHECK(done->new_bodies == 2);
  archive.reset();
  CHECK(told(Restored(backups)) == before);
}

TEST_CASE("power that fails at any moment of a backup leaves every point whole, and the next run goes on") {
  WorldForTest world;
  for (int i = 0; i < 6; ++i) REQUIRE(world.add({1}, mail(fmt::format("m{}", i), 2000)));
  SeededRandom random(7);
  bool is_over = false;
  for (std::uint64_t n = 1; !is_over; ++n) {
    CAPTURE(n);
    REQUIRE(n < 200);
    Backups backups;
    REQUIRE(backups.take(world));
    REQUIRE(world.add({1}, mail(fmt::format("x{}", n), 2000)));
    backups.disk.cut_power_after(n);
    const auto done = backups.take(world);
    is_over = !backups.disk.is_cut();
    CHECK((done || !is_over));
    backups.disk.cut_power_after(0);
    backups.disk.restart(random);
    CHECK(backups.wrong().empty());
    CHECK(!backups.open()->point_names()->empty());
    REQUIRE(backups.take(world));
    CHECK(backups.wrong().empty());
    if (n % 8 == 0) CHECK(told(Restored(backups)) == told(world));
  }
}

TEST_CASE("power that fails at any moment of the very first backup is no hindrance to the next") {
  WorldForTest world;
  for (int i = 0; i < 3; ++i) REQUIRE(world.add({1}, mail(fmt::format("m{}", i), 2000)));
  SeededRandom random(8);
  bool is_over = false;
  for (std::uint64_t n = 1; !is_over; ++n) {
    CAPTURE(n);
    REQUIRE(n < 200);
    Backups backups;
    backups.disk.cut_power_after(n);
    (void)backups.take(world);
    is_over = !backups.disk.is_cut();
    backups.disk.cut_power_after(0);
    backups.disk.restart(random);
    REQUIRE(backups.take(world));
    CHECK(backups.wrong().empty());
  }
}

TEST_CASE("a full disk ends the run with plain words and leaves what is there") {
  WorldForTest world;
  REQUIRE(world.add({1}, mail("small")));
  Backups backups;
  REQUIRE(backups.take(world));
  REQUIRE(world.add({1}, mail("large", 500'000)));
  backups.disk.set_capacity(50'000);
  const auto done = backups.take(world);
  REQUIRE(!done);
  CHECK(done.error().code == Code::full_disk);
  CHECK(done.error().text.starts_with("the disk of the backup is full"));
  CHECK(backups.wrong().empty());
  backups.disk.set_capacity(UINT64_MAX);
  REQUIRE(backups.take(world));
  CHECK(told(Restored(backups)) == told(world));
}

TEST_CASE("flipped bits are found, the rest is restored, and a repair brings all back") {
  WorldForTest world;
  for (int i = 0; i < 8; ++i) REQUIRE(world.add({1, 2}, mail(fmt::format("m{}", i), 3000)));
  Backups whole;
  REQUIRE(whole.take(world));
  const auto path = whole.packs().at(0);
  const auto size = *(*whole.disk.open(path, store::Open::read))->size();
  for (std::uint64_t at = 5; at < size; at += size / 41) {
    CAPTURE(at);
    const auto copy = whole.disk.clone();
    REQUIRE(copy->flip_bit(path, at));
    const auto archive = Archive::open(*copy, "b");
    REQUIRE(archive);
    CHECK(!verify(**archive, false, nullptr, {})->wrong.empty());
    const auto point = read_point(**archive, "");
    REQUIRE(point);
    {
      store::SimulatedFiles disk;
      auto store = *store::log::LogStore::open(disk, "s", {.index = {}, .segment_bytes = 1 << 20, .reserve_bytes = 0});
      const auto restored = restore_all(**archive, *point, *store, nullptr, {});
      REQUIRE(restored);
      CHECK(restored->messages <= 16);
      const auto report = mailstore::check(*store);
      CHECK(report->wrong.empty());
    }
    const Talk talk([&](migration::Channel& c) { (void)give_backup(world.mail.get(), {"store", "host"}, &c); });
    migration::Channel channel(talk.fd(), &kNever);
    auto writing = Archive::open_to_write(*copy, "b");
    REQUIRE(writing);
    REQUIRE(verify(**writing, true, nullptr, {}));
    REQUIRE(take_backup(**writing, channel, asked(true), {}));
    const auto again = verify(**writing, false, nullptr, {});
    REQUIRE(again);
    for (const auto& line : again->wrong) FAIL_CHECK(line);
  }
}

TEST_CASE("pruning keeps what the points that stay need, and gives back the rest") {
  WorldForTest world;
  Backups backups;
  for (int i = 0; i < 4; ++i) {
    REQUIRE(world.add({1}, mail(fmt::format("large{}", i), 100'000)));
    REQUIRE(backups.take(world));
  }
  world.expunge_inbox(1);
  REQUIRE(world.mail->truncate_log(AccountId(1), world.account()->published()->modseq));
  REQUIRE(world.add({1}, mail("small")));
  REQUIRE(backups.take(world));
  auto archive = *Archive::open_to_write(backups.disk, "b");
  const auto kept = prune(*archive, 2);
  REQUIRE(kept);
  CHECK(kept->points == 3);
  CHECK(verify(*archive, false, nullptr, {})->wrong.empty());
  const auto all = prune(*archive, 1);
  REQUIRE(all);
  CHECK(all->bytes > 300'000);
  CHECK(verify(*archive, false, nullptr, {})->wrong.empty());
  archive.reset();
  CHECK(backups.wrong().empty());
  CHECK(told(Restored(backups)) == told(world));
  REQUIRE(backups.take(world));
}

TEST_CASE("what is no backup, and what a newer program wrote, is refused in plain words") {
  Backups backups;
  CHECK(Archive::open(backups.disk, "b").error().text == "there is no backup in b");
  REQUIRE(backups.disk.make_folder("b"));
  REQUIRE(backups.disk.open("b/letter.txt", store::Open::create));
  CHECK(Archive::open_to_write(backups.disk, "b").error().code == Code::invalid);
  REQUIRE(backups.disk.remove("b/letter.txt"));
  WorldForTest world;
  REQUIRE(backups.take(world));
  REQUIRE(store::replace_file(backups.disk, "b", "posthorn-backup", "posthorn backup 2\n"));
  CHECK(Archive::open(backups.disk, "b").error().code == Code::not_supported);
  CHECK(Archive::open_to_write(backups.disk, "b").error().code == Code::not_supported);
}

TEST_CASE("two backups into one folder do not meet") {
  Backups backups;
  const auto first = Archive::open_to_write(backups.disk, "b");
  REQUIRE(first);
  CHECK(Archive::open_to_write(backups.disk, "b").error().code == Code::already_exists);
}

namespace {

struct Part {
  Result<void> run(WorldForTest& world, Backups& backups, PartAsked asked, std::uint32_t id = 1) {
    const Talk talk([&](migration::Channel& c) {
      net::IoThreads own(1);
      net::run_blocking(own.executor(0), [](auto task) -> net::Task<> {
        (void)co_await std::move(task);
      }(receive_restore(world.mail.get(), world.account(id), asked.into, &c)));
    });
    migration::Channel channel(talk.fd(), &kNever);
    const auto archive = backups.open();
    const auto point = *read_point(*archive, "");
    const auto saved = std::ranges::find(point.point.accounts, AccountId(1), &SavedAccount::id);
    outcome = {};
    return restore_part(*archive, *saved, asked, channel, {}, outcome);
  }
  RestoredPart outcome;
};

}  // namespace

TEST_CASE("messages come back into a living account, and what is there stays and does not come twice") {
  WorldForTest world;
  for (int i = 0; i < 10; ++i) REQUIRE(world.add({1}, mail(fmt::format("m{}", i), i == 2 ? 200'000 : 10)));
  Backups backups;
  REQUIRE(backups.take(world));
  Part part;
  REQUIRE(part.run(world, backups, {}));
  CHECK(part.outcome.restored == 0);
  CHECK(part.outcome.there == 10);
  world.expunge_inbox(1);
  REQUIRE(part.run(world, backups, {.mailbox = "INBOX", .uids = mailstore::UidSet::of({Uid(3)})}));
  CHECK(part.outcome.restored == 1);
  REQUIRE(part.run(world, backups, {}));
  CHECK(part.outcome.restored == 9);
  CHECK(part.outcome.there == 1);
  const auto inbox = world.account()->published()->find("INBOX");
  CHECK(inbox->messages == 10);
  CHECK(inbox->uid_next == Uid(21));
  CHECK(inbox->deleted == 0);
  REQUIRE(part.run(world, backups, {.mailbox = "INBOX", .into = "Back/Here"}));
  CHECK(part.outcome.restored == 10);
  REQUIRE(part.run(world, backups, {.mailbox = "INBOX", .into = "Back/Here"}));
  CHECK(part.outcome.restored == 0);
  CHECK(world.account()->published()->find("Back/Here")->messages == 10);
  // Into another account.
  REQUIRE(part.run(world, backups, {}, 2));
  CHECK(world.account(2)->published()->find("INBOX")->messages == 10);
  CHECK(part.run(world, backups, {.mailbox = "Nowhere"}).error().code == Code::not_found);
  CHECK(part.run(world, backups, {.mailbox = "INBOX", .uids = mailstore::UidSet::of({Uid(99)})}).error().code ==
        Code::not_found);
  check_sound(*world.store);
}

TEST_CASE("names of points go up, whatever the clock does") {
  CHECK(name_of_point(from_seconds(1'700'000'000), "") == "20231114T221320Z");
  CHECK(name_of_point(from_seconds(1'700'000'000), "20231114T221320Z") == "20231114T221321Z");
  CHECK(name_of_point(from_seconds(1'700'000'000), "20251231T235959Z") == "20260101T000000Z");
}

TEST_CASE("hostile bytes are refused by every format") {
  SeededRandom random(3);
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes(random.below(200), '\0');
    for (auto& c : bytes) c = static_cast<char>(random.below(256));
    if (i % 3 == 0 && !bytes.empty()) bytes[0] = 1;
    (void)decode_account(bytes);
    (void)decode_point("PHBACKPT" + bytes);
    (void)decode_block(bytes);
    (void)decode_emails(bytes);
    (void)decode_bodies(bytes);
    (void)decode_rows(bytes);
  }
}

}  // namespace posthorn::backup
