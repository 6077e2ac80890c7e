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
  threads.reserve(4);
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

/// Leaves a commit in the log whose flush failed, as a process does that is killed before it could declare it void.
void leave_unflushed(store::SimulatedFiles& disk, const std::string& key) {
  const auto format = *store::read_file(disk, std::string(kFolder) + "/format");
  std::string store_id;
  const auto hex = std::string_view(format).substr(format.find('\n') + 1, 32);
  for (std::size_t i = 0; i < hex.size(); i += 2)
    store_id += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  const auto log = std::string(kFolder) + "/log";
  const auto nothing = [](const store::log::FramePlace&, std::string_view) { return Result<void>(); };
  const auto end = *store::log::replay(disk, log, store_id, 0, 0, 0, nothing);
  std::string frame(store::log::kFrameHeaderSize, '\0');
  store::encode_commit(frame, store::Commit().put(key, "1"));
  store::log::seal_frame(frame, 0, store::log::salt_of(store_id, end.segment), store::log::FrameKind::commit,
                         end.sequence + 1, end.sequence);
  const auto file = *disk.open(log + "/" + store::log::segment_name(end.segment), store::Open::write);
  REQUIRE(file->write_at(end.offset, frame));
  disk.fail_once_after(1, Code::io);
  REQUIRE_FALSE(file->sync());
}

TEST_CASE("log store: what was never flushed is, before it counts") {
  silence_log();
  const auto disk = new_disk();
  SeededRandom random(1);
  REQUIRE(open_store(*disk, "")->commit(store::Commit().put("z", "1")));
  for (int life = 0; life < 12; ++life) {
    const auto key = fmt::format("z{}", life);
    leave_unflushed(*disk, key);
    {
      const auto store = open_store(*disk, key);
      REQUIRE(**store->get(key) == "1");
      REQUIRE(store->commit(store::Commit().put("y", key)));
      disk->cut_power_after(1);
    }
    disk->restart(random);
    const auto store = open_store(*disk, key);
    CHECK(*store->get(key) == "1");
    CHECK(*store->get("y") == key);
  }
}
