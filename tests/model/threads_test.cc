// Many threads change few accounts while commits fail now and then: what was acknowledged is there once, in one order.
// Meant for the tsan preset; RocksDB is not instrumented (tests/tsan.supp).
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <boost/asio/io_context.hpp>

#include <set>
#include <thread>

#include "base/log.h"
#include "base/random.h"
#include "mailstore/append.h"
#include "mailstore/check.h"
#include "mailstore/copy.h"
#include "mailstore/set_flags.h"
#include "mailstore/told.h"
#include "net/run_for_test.h"
#include "store/log/log_store.h"
#include "store/memory/memory_store.h"
#include "store/simulated_files.h"

using namespace posthorn;
using namespace posthorn::mailstore;

namespace {

constexpr int kThreads = 8;
constexpr int kAccounts = 3;

/// What one thread does: delivers, flags, copies, expunges and looks, and notes the UIDs that it was given.
struct Worker {
  Worker(Mailstore& m, std::uint64_t seed) : mail(m), random(seed) {}

  void work(int operations) {
    for (int i = 0; i < operations; ++i) {
      const auto n = random.below(10);
      if (n < 5)
        deliver();
      else if (n < 8)
        flag();
      else if (n == 8)
        copy_some();
      else
        look();
    }
  }

  AccountPtr account() { return *mail.open_now(AccountId(1 + static_cast<std::uint32_t>(random.below(kAccounts)))); }
  OpenMailboxPtr inbox(const AccountPtr& a) { return *mail.open_mailbox_now(a, a->published()->find("INBOX")->id); }
  /// On a context that lives as long as the worker: whoever completes the task may still be busy with it afterwards.
  template <class T>
  T run(net::Task<T> task) {
    return net::result_for_test(context, std::move(task));
  }

  UidSet some(const OpenMailboxPtr& open) {
    UidSet set;
    const auto next = open->version()->find(open->id())->uid_next.value();
    if (next > 1) set.append(Uid(1 + static_cast<std::uint32_t>(random.below(next - 1))));
    return set;
  }

  void deliver() {
    MessageWriter writer(mail, "");
    writer.feed(fmt::format("Subject: {}\r\n\r\n{}\r\n", random.below(5), random.below(50)));
    const auto message = *run(writer.finish());
    std::vector<Addition> additions;
    for (std::uint32_t id = 1; id <= kAccounts; ++id)
      if (random.one_in(2) || additions.empty()) {
        const auto a = *mail.open_now(AccountId(id));
        additions.push_back({message, {a, a->published()->find("INBOX")->id, {}, wall_now(), true}});
      }
    const auto done = run(append(&mail, additions));
    if (!done) return;
    for (std::size_t i = 0; i < additions.size(); ++i)
      given.emplace_back(additions[i].target.account->id().value(), done->at(i).uid.value());
  }
  void flag() {
    const auto open = inbox(account());
    (void)run(set_flags(&mail, open, {some(open), FlagsOp::add, {kSeen, {}}, {}}));
  }
  void copy_some() {
    const auto from = inbox(account());
    const auto to = account();
    const auto archive = to->published()->find("Archive")->id;
    (void)run(copy(&mail, from, some(from), to, archive, false));
  }
  void look() {
    const auto open = inbox(account());
    const auto version = open->version();
    Told told(*version->find(open->id()));
    std::this_thread::yield();
    const auto later = open->version();
    (void)told.update(*later->find(open->id()), true);
    REQUIRE(told.messages() == later->find(open->id())->messages);
    if (random.one_in(4)) mail.tidy();
  }

  boost::asio::io_context context{1};
  Mailstore& mail;
  SeededRandom random;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> given;  ///< account, UID
};

void work_on(store::Store& store, const std::function<void()>& disturb) {
  base::log::redirect(-1);
  net::Offload offload(2);
  Mailstore mail(store, offload, {.entries_a_checkpoint = 50});
  for (std::uint32_t id = 1; id <= kAccounts; ++id) REQUIRE(mail.create_account(AccountId(id)));
  std::vector<std::unique_ptr<Worker>> workers;
  workers.reserve(kThreads);
  for (int t = 0; t < kThreads; ++t) workers.push_back(std::make_unique<Worker>(mail, static_cast<std::uint64_t>(t)));
  std::vector<std::thread> threads;
  threads.reserve(workers.size());
  for (auto& worker : workers) threads.emplace_back([&worker] { worker->work(600); });
  std::atomic<bool> ended{false};
  std::thread disturber([&] {
    for (; !ended; std::this_thread::sleep_for(std::chrono::milliseconds(2))) disturb();
  });
  for (auto& thread : threads) thread.join();
  ended = true;
  disturber.join();
  std::set<std::pair<std::uint32_t, std::uint32_t>> given;
  std::size_t n = 0;
  for (const auto& worker : workers) {
    given.insert(worker->given.begin(), worker->given.end());
    n += worker->given.size();
  }
  CHECK(given.size() == n);
  CHECK(n > 100);
  std::size_t there = 0;
  for (std::uint32_t id = 1; id <= kAccounts; ++id) {
    const auto account = *mail.open_now(AccountId(id));
    const auto open = *mail.open_mailbox_now(account, account->published()->find("INBOX")->id);
    for (const Uid uid : open->version()->find(open->id())->columns->uids().to_vector()) {
      CHECK(given.contains({id, uid.value()}));
      ++there;
    }
  }
  CHECK(there == n);
  const auto report = check(store);
  REQUIRE(report);
  INFO((report->wrong.empty() ? "" : report->wrong.front()));
  CHECK(report->wrong.empty());
}

}  // namespace

TEST_CASE("mailstore: eight threads over the store in memory, which fails now and then") {
  store::MemoryStore store;
  int n = 0;
  work_on(store, [&] {
    if (++n > 3) store.fail_next_group();
  });
}

TEST_CASE("mailstore: eight threads over the log store, whose disk fails now and then") {
  store::SimulatedFiles disk;
  REQUIRE(disk.make_folder("store"));
  const auto store = store::log::LogStore::open(
      disk, "store", {.index = {.write_buffer_bytes = 256 << 10}, .segment_bytes = 2 << 20, .reserve_bytes = 0});
  REQUIRE(store);
  std::uint64_t n = 0;
  work_on(**store, [&] {
    // Counted in operations of the disk: an index that is opened anew needs some that succeed, however slow it is.
    if (disk.operations() > 400) disk.fail_once_after(1 + ++n * 37 % 400, Code::io);
  });
  MESSAGE(n << " failures");
  CHECK(n > 5);
  CHECK((*store)->check()->empty());
}
