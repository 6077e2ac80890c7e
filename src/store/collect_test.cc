// Segments of the log and files of bodies are given back when what is in them is dead.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "store/log/log_store.h"
#include "store/simulated_files.h"
#include "store/store_suite.h"

using namespace posthorn;
using namespace posthorn::store;

namespace {

constexpr int kBodies = 400;
std::string body(int n) { return fmt::format("body {} ", n) + std::string(3000, static_cast<char>('a' + n % 26)); }

std::unique_ptr<log::LogStore> open(SimulatedFiles& disk) {
  auto store = log::LogStore::open(
      disk, "s", {.index = {.write_buffer_bytes = 64 << 10}, .segment_bytes = 128 << 10, .reserve_bytes = 0});
  REQUIRE_MESSAGE(store, (store ? "" : store.error().text));
  return std::move(*store);
}

std::size_t segments(SimulatedFiles& disk) {
  std::size_t n = 0;
  for (const auto& name : *disk.list("s/log")) n += name.ends_with(".seg");
  return n;
}

void check_every(log::LogStore& store, int nth) {
  for (int i = 0; i < kBodies; ++i) {
    const auto read = store.read_blob(digest_of(body(i)), 0, UINT64_MAX, Wait::disk);
    CHECK(read.has_value() == (i % nth == 0));
    if (read) CHECK(*read == body(i));
  }
  CHECK(store.check()->empty());
}

}  // namespace

TEST_CASE("collect: dead segments are deleted, half dead ones are written anew, living ones stay") {
  SimulatedFiles disk;
  REQUIRE(disk.make_folder("s"));
  {
    const auto store = open(disk);
    for (int i = 0; i < kBodies; ++i) REQUIRE(store->commit(Commit().add_blob(digest_of(body(i)), shared(body(i)))));
    const auto full = segments(disk);
    CHECK(full > 9);
    REQUIRE(store->collect());
    CHECK(segments(disk) == full);
    for (int i = 0; i < kBodies; ++i)
      if (i % 10 != 0) REQUIRE(store->commit(Commit().erase(blob_key(digest_of(body(i))))));
    for (int i = 0; i < 8; ++i) REQUIRE(store->collect());
    CHECK(segments(disk) < 6);
    check_every(*store, 10);
  }
  const auto store = open(disk);
  check_every(*store, 10);
}

TEST_CASE("collect: an index that is gone is not taken for an empty one once segments were deleted") {
  SimulatedFiles disk;
  REQUIRE(disk.make_folder("s"));
  {
    const auto store = open(disk);
    for (int i = 0; i < kBodies; ++i) REQUIRE(store->commit(Commit().put(fmt::format("z{}", i), body(i))));
    for (int i = 0; i < 4; ++i) REQUIRE(store->collect());
  }
  for (const auto& name : *disk.list("s/index")) REQUIRE(disk.remove("s/index/" + name));
  const auto refused = log::LogStore::open(disk, "s", {.index = {}, .segment_bytes = 128 << 10, .reserve_bytes = 0});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::damaged);
}

TEST_CASE("collect: segments of openings that wrote nothing do not pile up") {
  SimulatedFiles disk;
  REQUIRE(disk.make_folder("s"));
  REQUIRE(open(disk)->commit(Commit().put("z", "kept")));
  for (int i = 0; i < 20; ++i) REQUIRE(open(disk)->collect());
  CHECK(segments(disk) < 9);
  const auto store = open(disk);
  CHECK(*store->get("z") == "kept");
  CHECK(store->check()->empty());
}

TEST_CASE("collect: a large body is read until its row is gone, and its file goes even after a stop in between") {
  SimulatedFiles disk;
  REQUIRE(disk.make_folder("s"));
  const std::string large(200'000, 'L');
  {
    const auto store = open(disk);
    const auto blob = staged(*store, large);
    REQUIRE(store->commit(Commit().add_staged_blob(digest_of(large), blob)));
    REQUIRE(store->collect());
    CHECK(*store->read_blob(digest_of(large), 0, UINT64_MAX, Wait::disk) == large);
    REQUIRE(store->commit(Commit().erase(blob_key(digest_of(large)))));
    CHECK(store->read_blob(digest_of(large), 0, 1, Wait::disk).error().code == Code::not_found);
    // Who kept the staged body may not bring a row back whose file is about to go.
    CHECK(store->commit(Commit().add_staged_blob(digest_of(large), blob)).error().code == Code::unavailable);
  }
  const auto store = open(disk);
  REQUIRE(store->collect());
  CHECK(disk.list("s/blobs/0000000000000")->empty());
  CHECK(store->check()->empty());
}
