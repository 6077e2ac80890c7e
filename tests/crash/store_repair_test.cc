// A store that does not open is repaired: one wrong bit costs nothing, a damaged commit itself alone.
#include "store/log/repair.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "crash/history.h"
#include "store/store_suite.h"

using namespace posthorn;
using namespace posthorn::crash;
using store::SimulatedFiles;

namespace {

constexpr int kCommits = 60;

std::string body(int i) {
  return fmt::format("body {} ", i) + std::string(static_cast<std::size_t>(i * 37 % 900), 'b');
}

void fill(store::Store& store) {
  for (int i = 0; i < kCommits; ++i)
    REQUIRE(store.commit(store::Commit()
                             .put(fmt::format("z{:03}", i), fmt::format("row {}", i))
                             .add_blob(store::digest_of(body(i)), store::shared(body(i)))));
}

std::vector<std::string> segments(SimulatedFiles& disk) {
  std::vector<std::string> paths;
  for (const auto& name : *disk.list(std::string(kFolder) + "/log"))
    if (name.ends_with(".seg")) paths.push_back(std::string(kFolder) + "/log/" + name);
  return paths;
}

/// A store whose index knows nothing, so that all of the log is read at its opening.
std::unique_ptr<SimulatedFiles> disk_without_index() {
  auto disk = new_disk();
  fill(*open_store(*disk, ""));
  const auto folder = std::string(kFolder) + "/index";
  for (const auto& name : *disk->list(folder)) REQUIRE(disk->remove(folder + "/" + name));
  return disk;
}

void zero(SimulatedFiles& disk, const std::string& path, std::size_t at, std::size_t n) {
  const auto file = disk.open(path, store::Open::write);
  REQUIRE(file);
  REQUIRE((*file)->write_at(at, std::string(n, '\0')));
}

struct Found {
  int rows = 0, bodies = 0;
};
Found found_in(store::log::LogStore& store) {
  Found found;
  for (int i = 0; i < kCommits; ++i) {
    found.rows += *store.get(fmt::format("z{:03}", i)) == fmt::format("row {}", i);
    const auto read = store.read_blob(store::digest_of(body(i)), 0, UINT64_MAX, store::Wait::disk);
    found.bodies += read && *read == body(i);
  }
  return found;
}

}  // namespace

TEST_CASE("log store: a bit that flipped in the log is put right by a repair, wherever it is") {
  silence_log();
  const auto disk = disk_without_index();
  int repaired = 0;
  for (const auto& path : segments(*disk)) {
    const auto used = store::read_file(*disk, path)->find_last_not_of('\0') + 1;
    for (std::size_t at = 0; at < used; at += at < 60 ? 3 : 211) {
      const auto copy = disk->clone();
      REQUIRE(copy->flip_bit(path, at));
      if (store::log::LogStore::open(*copy, kFolder, small_options())) continue;
      INFO(path << " bit flipped at " << at);
      const auto repair = store::log::repair_log(*copy, kFolder, small_options());
      REQUIRE(repair);
      CHECK(repair->lost.empty());
      CHECK(!repair->mended.empty());
      const auto store = store::log::LogStore::open(*copy, kFolder, small_options());
      REQUIRE(store);
      const auto found = found_in(**store);
      CHECK(found.rows == kCommits);
      CHECK(found.bodies == kCommits);
      CHECK((*store)->check()->empty());
      REQUIRE((*store)->commit(store::Commit().put("z999", "goes on")));
      ++repaired;
    }
  }
  CHECK(repaired > 100);
}

TEST_CASE("log store: commits that are gone are told by a repair, and cost no others") {
  silence_log();
  const auto disk = disk_without_index();
  int repaired = 0;
  for (const auto& path : segments(*disk)) {
    const auto used = store::read_file(*disk, path)->find_last_not_of('\0') + 1;
    for (std::size_t at = 0; at + 300 < used; at += 1999) {
      const auto copy = disk->clone();
      zero(*copy, path, at, 300);
      if (store::log::LogStore::open(*copy, kFolder, small_options())) continue;
      INFO(path << " zeros at " << at);
      const auto repair = store::log::repair_log(*copy, kFolder, small_options());
      REQUIRE(repair);
      std::uint64_t lost = 0;
      for (const auto& frame : repair->lost) lost += frame.last - frame.first + 1;
      const auto store = store::log::LogStore::open(*copy, kFolder, small_options());
      REQUIRE(store);
      const auto found = found_in(**store);
      CHECK(found.rows == kCommits - static_cast<int>(lost));
      CHECK(found.rows >= kCommits - 4);
      CHECK(found.bodies >= found.rows - 1);
      CHECK((*store)->check()->size() == static_cast<std::size_t>(found.rows - found.bodies));
      REQUIRE((*store)->commit(store::Commit().put("z999", "goes on")));
      ++repaired;
    }
  }
  CHECK(repaired > 10);
}

TEST_CASE("log store: a healthy store is not changed by a repair") {
  silence_log();
  const auto disk = new_disk();
  fill(*open_store(*disk, ""));
  for (int round = 0; round < 2; ++round) {
    const auto repair = store::log::repair_log(*disk, kFolder, small_options());
    REQUIRE(repair);
    CHECK(repair->mended.empty());
    CHECK(repair->lost.empty());
    const auto store = open_store(*disk, "");
    CHECK(found_in(*store).bodies == kCommits);
    CHECK(store->check()->empty());
  }
  CHECK(store::log::repair_log(*disk, "nowhere", small_options()).error().code == Code::not_found);
}

TEST_CASE("log store: an index whose files are damaged is made anew of the log and what is left") {
  silence_log();
  const auto disk = disk_without_index();
  const auto folder = std::string(kFolder) + "/index";
  {
    open_store(*disk, "");
  }
  int repaired = 0;
  for (const auto& name : *disk->list(folder)) {
    if (!name.ends_with(".sst") && !name.starts_with("MANIFEST") && name != "CURRENT") continue;
    const auto copy = disk->clone();
    REQUIRE(copy->flip_bit(folder + "/" + name, 20));
    INFO(name);
    const auto repair = store::log::repair_log(*copy, kFolder, small_options());
    REQUIRE(repair);
    const auto store = store::log::LogStore::open(*copy, kFolder, small_options());
    REQUIRE(store);
    REQUIRE((*store)->commit(store::Commit().put("z999", "goes on")));
    repaired += repair->is_index_damaged;
  }
  CHECK(repaired > 0);
}
