#include "store/simulated_files.h"

#include <doctest/doctest.h>

using namespace posthorn;
using namespace posthorn::store;

namespace {

std::string content(SimulatedFiles& files, const std::string& path) {
  const auto bytes = read_file(files, path);
  return bytes ? *bytes : "error " + std::string(name_of(bytes.error().code));
}

/// A folder `d` on disk with a file `d/f` that holds `bytes`, synced.
void put_synced(SimulatedFiles& files, std::string_view bytes) {
  REQUIRE(files.make_folder("d"));
  REQUIRE(files.sync_folder(""));
  REQUIRE(replace_file(files, "d", "f", bytes));
}

}  // namespace

TEST_CASE("simulated files: what was synced survives every cut, and what was not survives only some") {
  int kept = 0, lost = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SimulatedFiles files;
    SeededRandom random(seed);
    files.restart(random);
    CHECK(files.make_folder("d"));
    put_synced(files, "old");
    auto file = files.open("d/f", Open::write);
    REQUIRE(file);
    CHECK((*file)->write_at(0, "new"));
    CHECK(content(files, "d/f") == "new");
    files.restart(random);
    const auto after = content(files, "d/f");
    if (after == "error not_found") continue;  // the folder itself was never synced into its parent
    CHECK((after == "old" || after == "new"));
    ++(after == "new" ? kept : lost);
  }
  CHECK(kept > 20);
  CHECK(lost > 20);
}

TEST_CASE("simulated files: unsynced writes are torn between sectors and kept out of order") {
  bool torn = false, reordered = false;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SimulatedFiles files;
    SeededRandom random(seed);
    put_synced(files, std::string(4096, '.'));
    auto file = files.open("d/f", Open::write);
    CHECK((*file)->write_at(0, std::string(2048, 'a')));
    CHECK((*file)->write_at(2048, std::string(2048, 'b')));
    files.restart(random);
    const auto after = content(files, "d/f");
    REQUIRE(after.size() == 4096);
    for (std::size_t at = 0; at < 4096; at += 512) CHECK(after.substr(at, 512) == std::string(512, after[at]));
    torn |= after[0] != after[512];
    reordered |= after.find('a') == std::string::npos && after.find('b') != std::string::npos;
  }
  CHECK(torn);
  CHECK(reordered);
}

TEST_CASE("simulated files: a rename is kept or lost as one change") {
  int kept = 0, lost = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    SimulatedFiles files;
    SeededRandom random(seed);
    put_synced(files, "1");
    CHECK(files.rename("d/f", "d/g"));
    files.restart(random);
    CHECK(*files.exists("d/f") != *files.exists("d/g"));
    ++(*files.exists("d/g") ? kept : lost);
    CHECK(files.list("d")->size() == 1);
  }
  CHECK(kept > 20);
  CHECK(lost > 20);
}

TEST_CASE("simulated files: a removed file may come back until its folder is synced") {
  bool back = false;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    SimulatedFiles files;
    SeededRandom random(seed);
    put_synced(files, "1");
    CHECK(files.remove("d/f"));
    files.restart(random);
    if (*files.exists("d/f")) {
      back = true;
      CHECK(content(files, "d/f") == "1");
      CHECK(files.remove("d/f"));
      CHECK(files.sync_folder("d"));
      files.restart(random);
    }
    CHECK_FALSE(*files.exists("d/f"));
  }
  CHECK(back);
}

TEST_CASE("simulated files: from the cut on nothing is written, and afterwards it works again") {
  SimulatedFiles files;
  SeededRandom random(1);
  put_synced(files, "old");
  files.cut_power_after(2);
  auto file = files.open("d/f", Open::write);
  CHECK((*file)->write_at(0, "new"));
  CHECK_FALSE(files.is_cut());
  CHECK((*file)->sync().error().code == Code::io);
  CHECK(files.is_cut());
  CHECK((*file)->write_at(0, "xxx").error().code == Code::io);
  CHECK(files.rename("d/f", "d/g").error().code == Code::io);
  CHECK(content(files, "d/f") == "new");
  files.restart(random);
  CHECK((content(files, "d/f") == "old" || content(files, "d/f") == "new"));
  CHECK(replace_file(files, "d", "f", "again"));
}

TEST_CASE("simulated files: one operation fails, a write by half, and the next works") {
  SimulatedFiles files;
  put_synced(files, "....");
  auto file = files.open("d/f", Open::write);
  files.fail_once_after(1, Code::full_disk);
  CHECK((*file)->write_at(0, "abcd").error().code == Code::full_disk);
  CHECK(content(files, "d/f") == "ab..");
  CHECK((*file)->write_at(0, "abcd"));
  CHECK(files.operations() == 2);
  files.fail_read_after(2, Code::io);
  CHECK(content(files, "d/f") == "abcd");
  CHECK(content(files, "d/f") == "error io");
  CHECK(content(files, "d/f") == "abcd");
}

TEST_CASE("simulated files: after a failed sync a later one does not bring back what was lost") {
  int lost = 0;
  SimulatedFiles files;
  SeededRandom random(1);
  put_synced(files, "....");
  for (int i = 0; i < 50; ++i) {
    auto file = files.open("d/f", Open::write);
    const std::string mark = i % 2 ? "odd " : "even";
    CHECK((*file)->write_at(0, mark));
    files.fail_once_after(1, Code::io);
    CHECK_FALSE((*file)->sync());
    CHECK((*file)->sync());
    files.restart(random);
    lost += content(files, "d/f") != mark;
  }
  CHECK(lost > 5);
  CHECK(lost < 45);
}

TEST_CASE("simulated files: capacity, locks and flipped bits") {
  SimulatedFiles files;
  put_synced(files, "1234");
  files.set_capacity(6);
  auto file = files.open("d/f", Open::write);
  CHECK((*file)->write_at(4, "567").error().code == Code::full_disk);
  CHECK((*file)->write_at(4, "56"));
  CHECK(*files.free_bytes("d") == 0);
  {
    const auto held = files.lock("d/lock");
    CHECK(held);
    CHECK(files.lock("d/lock").error().code == Code::already_exists);
  }
  CHECK(files.lock("d/lock"));
  CHECK(files.flip_bit("d/f", 0));
  CHECK(content(files, "d/f") == "523456");
}
