// Power fails at every point of a history: what the store promised is there when it is opened again, and it goes on.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <thread>

#include "crash/history.h"

using namespace posthorn;
using namespace posthorn::crash;

namespace {

void run_threads(store::Store& store, History& history, int commits) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < commits / 4; ++i) {
        history.enqueue(store, true);
        store.kick(i % 3 != 0);
      }
    });
  for (auto& thread : threads) thread.join();
}

/// One history: several lives of a store, each ended by a power cut; the first after `first_cut` operations, or none.
struct Outcome {
  std::uint64_t operations = 0;  ///< of the first life
  bool was_cut = false;
};
Outcome live(std::uint64_t seed, std::uint64_t first_cut, bool threads) {
  const auto disk = new_disk();
  SeededRandom random(seed);
  History history(seed);
  Outcome outcome;
  for (int life = 0; life < 4; ++life) {
    const auto what = fmt::format("seed {} first cut {} life {}", seed, first_cut, life);
    disk->cut_power_after(life == 0 ? first_cut : random.one_in(4) ? 0 : 1 + random.below(200));
    auto store = store::log::LogStore::open(*disk, kFolder, small_options());
    INFO(what << ": " << (store ? "" : store.error().text));
    REQUIRE((store || disk->is_cut()));
    if (store) {
      // A cut while it was opened may have been noticed by nobody; judge only where the disk still works.
      if (!disk->is_cut()) history.verify(**store, what);
      if (threads)
        run_threads(**store, history, 40);
      else
        run_alone(**store, history, random, 40);
    }
    if (store) store->reset();
    if (life == 0) outcome = {disk->operations(), disk->is_cut()};
    disk->restart(random);
  }
  const auto what = fmt::format("seed {} first cut {} at last", seed, first_cut);
  const auto store = open_store(*disk, what);
  history.verify(*store, what);
  return outcome;
}

}  // namespace

TEST_CASE("log store: power cut at every operation of a history, then at others") {
  silence_log();
  std::uint64_t lives = 0;
  for (std::uint64_t round = 0; round < rounds(1); ++round) {
    const auto seed = 100 + round;
    const auto whole = live(seed, 0, false);
    MESSAGE("seed " << seed << ": " << whole.operations << " operations");
    for (std::uint64_t k = 1; k <= whole.operations + 5; ++k, ++lives) live(seed * 1'000'003 + k, k, false);
  }
  MESSAGE(lives << " histories");
}

TEST_CASE("log store: power cut under several threads") {
  silence_log();
  for (std::uint64_t round = 0; round < rounds(60); ++round) live(round, 1 + round * 7 % 400, true);
}
