// Bits flip on the disk: what is read is right or reported, with segment and offset; nothing acknowledged is skipped.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <thread>

#include "crash/history.h"
#include "store/store_suite.h"

using namespace posthorn;
using namespace posthorn::crash;
using store::SimulatedFiles;

namespace {

/// Commits are acknowledged one by one, some of them followed by a pause, in which the store writes an end mark.
void fill(store::Store& store, int commits, int pause_every) {
  for (int i = 0; i < commits; ++i) {
    const auto body = fmt::format("body {} ", i) + std::string(static_cast<std::size_t>(i * 37 % 900), 'b');
    REQUIRE(store.commit(store::Commit()
                             .put(fmt::format("z{:03}", i), fmt::format("row {}", i))
                             .add_blob(store::digest_of(body), store::shared(body))));
    if (pause_every != 0 && i % pause_every == pause_every - 1)
      std::this_thread::sleep_for(std::chrono::milliseconds(60));
  }
}

int rows_in(const store::Store& store) {
  int rows = 0;
  REQUIRE(store.scan("z", "{", [&](std::string_view, std::string_view) { return ++rows; }));
  return rows;
}

std::vector<std::string> segments(SimulatedFiles& disk) {
  std::vector<std::string> paths;
  for (const auto& name : *disk.list(std::string(kFolder) + "/log"))
    if (name.ends_with(".seg")) paths.push_back(std::string(kFolder) + "/log/" + name);
  return paths;
}

/// Offset behind the last byte that is not zero.
std::size_t used(SimulatedFiles& disk, const std::string& path) {
  const auto bytes = *store::read_file(disk, path);
  return bytes.find_last_not_of('\0') + 1;
}

void forget_index(SimulatedFiles& disk) {
  const auto folder = std::string(kFolder) + "/index/";
  for (const auto& name : *disk.list(folder.substr(0, folder.size() - 1))) REQUIRE(disk.remove(folder + name));
}

struct Opened {
  bool opened = false;
  int rows = 0;
  Error error;
};
Opened open_flipped(const SimulatedFiles& original, const std::string& path, std::size_t offset) {
  const auto disk = original.clone();
  REQUIRE(disk->flip_bit(path, offset));
  const auto store = store::log::LogStore::open(*disk, kFolder, small_options());
  if (!store) return {false, 0, store.error()};
  return {true, rows_in(**store), {}};
}

}  // namespace

TEST_CASE("log store: a flipped bit in the log is reported, wherever it is, once the store was closed") {
  silence_log();
  constexpr int kCommits = 60;
  const auto disk = new_disk();
  fill(*open_store(*disk, ""), kCommits, 0);
  fill(*open_store(*disk, ""), kCommits, 20);
  forget_index(*disk);
  REQUIRE(open_flipped(*disk, segments(*disk).front(), store::log::kHeaderSize - 1).opened);
  int reported = 0;
  for (const auto& path : segments(*disk))
    for (std::size_t at = 0; at < used(*disk, path); at += at < 60 ? 1 : 97) {
      const auto after = open_flipped(*disk, path, at);
      INFO(path << " bit flipped at " << at << " " << after.rows << " " << after.error.text);
      if (after.opened) {
        REQUIRE(after.rows == kCommits);
        continue;
      }
      ++reported;
      REQUIRE(after.error.code == Code::damaged);
      REQUIRE(after.error.text.find(path.substr(path.rfind('/') + 1)) != std::string::npos);
      REQUIRE(after.error.text.find("offset") != std::string::npos);
    }
  MESSAGE(reported << " reported");
  CHECK(reported > 300);
}

TEST_CASE("log store: after a power cut a flipped bit costs at most the last commit, which looks torn") {
  silence_log();
  constexpr int kCommits = 40;
  for (const int pause_every : {0, 7}) {
    const auto disk = new_disk();
    SeededRandom random(1);
    {
      const auto store = open_store(*disk, "");
      fill(*store, kCommits, pause_every);
      disk->cut_power_after(1);
    }
    disk->restart(random);
    int lost_last = 0;
    for (const auto& path : segments(*disk))
      for (std::size_t at = store::log::kHeaderSize; at < used(*disk, path); at += 13) {
        const auto after = open_flipped(*disk, path, at);
        INFO(path << " bit flipped at " << at << " " << after.rows << " " << after.error.text);
        if (!after.opened) {
          REQUIRE(after.error.code == Code::damaged);
        } else if (after.rows != kCommits) {
          ++lost_last;
          REQUIRE(after.rows == kCommits - 1);
          REQUIRE(at + 1200 > used(*disk, path));
        }
      }
    CHECK(lost_last > 0);
  }
}

TEST_CASE("log store: a flipped bit in a small body is reported when it is read and by check") {
  silence_log();
  const auto disk = new_disk();
  fill(*open_store(*disk, ""), 30, 0);
  const auto path = segments(*disk).front();
  int damaged = 0;
  for (std::size_t at = store::log::kHeaderSize; at < used(*disk, path); at += 101) {
    const auto flipped = disk->clone();
    REQUIRE(flipped->flip_bit(path, at));
    const auto store = open_store(*flipped, fmt::format("flipped at {}", at));
    int bad = 0;
    for (int i = 0; i < 30; ++i) {
      const auto body = fmt::format("body {} ", i) + std::string(static_cast<std::size_t>(i * 37 % 900), 'b');
      const auto read = store->read_blob(store::digest_of(body), 0, UINT64_MAX, store::Wait::disk);
      if (read) REQUIRE(*read == body);
      if (!read) REQUIRE(read.error().code == Code::damaged);
      bad += !read;
    }
    REQUIRE(store->check()->size() == static_cast<std::size_t>(bad));
    damaged += bad;
  }
  CHECK(damaged > 50);
}

TEST_CASE("log store: a flipped bit in a large body's file is reported when it is read and by check") {
  silence_log();
  const auto disk = new_disk();
  std::string body;
  for (int i = 0; body.size() < 150'000; ++i) body += fmt::format("line {}\n", i);
  const auto digest = store::digest_of(body);
  {
    const auto store = open_store(*disk, "");
    auto writer = store->new_blob();
    REQUIRE(writer);
    REQUIRE((*writer)->append(body));
    const auto staged = (*writer)->finish(digest);
    REQUIRE(staged);
    REQUIRE(store->commit(store::Commit().add_staged_blob(digest, *staged)));
  }
  const auto folder = std::string(kFolder) + "/blobs/0000000000000";
  REQUIRE(disk->list(folder)->size() == 1);
  const auto path = folder + "/" + disk->list(folder)->front();
  const auto size = *(*disk->open(path, store::Open::read))->size();
  for (std::size_t at = 0; at < size; at += at < 40 || at + 200 > size ? 1 : 997) {
    const auto flipped = disk->clone();
    REQUIRE(flipped->flip_bit(path, at));
    const auto store = open_store(*flipped, "");
    const auto read = store->read_blob(digest, 0, UINT64_MAX, store::Wait::disk);
    INFO("flipped at " << at << " of " << size);
    REQUIRE_FALSE(read);
    REQUIRE(read.error().code == Code::damaged);
    REQUIRE(store->check()->size() == 1);
  }
}
