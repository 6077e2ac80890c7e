// The disk fails once, fills up, or cannot read, while the power stays on: the store refuses what was under way, goes
// on by itself, loses nothing that it acknowledged, and nothing that it refused comes back, not even after a power cut.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "crash/history.h"

using namespace posthorn;
using namespace posthorn::crash;

namespace {

/// Commits until one is acknowledged again; fails the test where none is.
void expect_recovery(store::Store& store, const std::string& what) {
  Result<void> outcome;
  for (int i = 0; i < 5; ++i) {
    outcome = store.commit(store::Commit().put("y recovery", "1"));
    if (outcome) return;
  }
  INFO(what << ": " << outcome.error().text);
  REQUIRE(outcome);
}

/// The n-th operation fails once. How many operations there were.
std::uint64_t fail_at(std::uint64_t seed, std::uint64_t n, Code code) {
  const auto what = fmt::format("seed {} {} at operation {}", seed, name_of(code), n);
  const auto disk = new_disk();
  SeededRandom random(seed);
  History history(seed);
  {
    const auto store = open_store(*disk, what);
    disk->fail_once_after(n, code);
    run_alone(*store, history, random, 40);
    history.drain(*store);
    expect_recovery(*store, what);
    history.verify(*store, what);
    run_alone(*store, history, random, 20);
    history.drain(*store);
    history.verify(*store, what);
    if (random.one_in(2)) disk->cut_power_after(1);
  }
  const auto operations = disk->operations();
  disk->restart(random);
  history.verify(*open_store(*disk, what), what);
  return operations;
}

}  // namespace

TEST_CASE("log store: every operation fails once, and the store goes on") {
  silence_log();
  for (const Code code : {Code::io, Code::full_disk})
    for (std::uint64_t round = 0; round < rounds(1); ++round) {
      const auto operations = fail_at(round, 0, code);
      for (std::uint64_t n = 1; n <= operations; ++n) fail_at(round * 1000 + n, n, code);
    }
}

TEST_CASE("log store: a disk that is full for a while") {
  silence_log();
  for (std::uint64_t seed = 0; seed < rounds(10); ++seed) {
    const auto what = fmt::format("seed {} full disk", seed);
    const auto disk = new_disk();
    SeededRandom random(seed);
    History history(seed);
    {
      const auto store = open_store(*disk, what);
      run_alone(*store, history, random, 20);
      history.drain(*store);
      disk->set_capacity(UINT64_MAX - *disk->free_bytes("") + random.below(300'000));
      run_alone(*store, history, random, 200);
      // Commits that are in force wait until the index can take them, so that the room comes while they do.
      disk->set_capacity(UINT64_MAX);
      history.drain(*store);
      expect_recovery(*store, what);
      history.verify(*store, what);
      run_alone(*store, history, random, 20);
      history.drain(*store);
      history.verify(*store, what);
      disk->cut_power_after(1);
    }
    disk->restart(random);
    history.verify(*open_store(*disk, what), what);
  }
}

TEST_CASE("log store: a store that is opened on a full disk says so, and opens later") {
  silence_log();
  for (std::uint64_t capacity = 0; capacity < 1'200'000; capacity += 37'000) {
    const auto disk = new_disk();
    disk->set_capacity(capacity);
    {
      const auto store = store::log::LogStore::open(*disk, kFolder, small_options());
      if (!store) CHECK(store.error().code == Code::full_disk);
    }
    disk->set_capacity(UINT64_MAX);
    CHECK(open_store(*disk, "later")->commit(store::Commit().put("za", "1")));
  }
}

TEST_CASE("log store: a read that fails refuses what needs it, and no more") {
  silence_log();
  for (std::uint64_t n = 1; n <= rounds(60); ++n) {
    const auto what = fmt::format("read {} fails", n);
    const auto disk = new_disk();
    SeededRandom random(n);
    History history(n);
    {
      const auto store = open_store(*disk, what);
      run_alone(*store, history, random, 60);
      history.drain(*store);
      disk->fail_read_after(n, Code::io);
      run_alone(*store, history, random, 60);
      history.drain(*store);
      (void)store->check();
      expect_recovery(*store, what);
      disk->fail_read_after(0, Code::io);
      history.verify(*store, what);
      disk->cut_power_after(random.one_in(2) ? 1 : 0);
    }
    disk->restart(random);
    history.verify(*open_store(*disk, what), what);
  }
}
