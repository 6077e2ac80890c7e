#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "base/random.h"
#include "store/blob/blob_file.h"
#include "store/commit_codec.h"
#include "store/log/frame.h"
#include "store/log/log_store.h"
#include "store/log/replay.h"
#include "store/memory/memory_store.h"
#include "store/store_suite.h"

using namespace posthorn;
using namespace posthorn::store;

namespace {

/// A folder that is gone after the test.
struct Folder {
  Folder() : path(std::filesystem::temp_directory_path() / ("posthorn-" + random_name(10))) {}
  ~Folder() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
};

std::unique_ptr<log::LogStore> open_store(const Folder& folder) {
  auto store = log::LogStore::open(real_files(), folder.path, {.index = {}, .reserve_bytes = 0});
  REQUIRE_MESSAGE(store, (store ? "" : store.error().text));
  return std::move(*store);
}

void flip_bit(const std::filesystem::path& file, std::uint64_t offset) {
  std::fstream f(file, std::ios::in | std::ios::out | std::ios::binary);
  f.seekg(static_cast<std::streamoff>(offset));
  const char c = static_cast<char>(f.get());
  f.seekp(static_cast<std::streamoff>(offset));
  f.put(static_cast<char>(c ^ 4));
}

}  // namespace

TEST_CASE("memory store: keeps the promises of a store") {
  MemoryStore store;
  check_store(store);
  const auto epoch = store.epoch();
  store.fail_next_group();
  Commit commit;
  commit.put("zz", "").epoch = epoch;
  CHECK(store.commit(std::move(commit)).error().code == Code::io);
  CHECK(store.epoch() == epoch + 1);
}

TEST_CASE("log store: keeps the promises of a store") {
  const Folder folder;
  const auto store = open_store(folder);
  check_store(*store);
  CHECK(store->check()->empty());
}

TEST_CASE(
    "log store: a staged body that one commit brings twice, as for two accounts, is kept; a second copy of it goes") {
  const Folder folder;
  const auto store = open_store(folder);
  const std::string body(100'000, 'x');
  const auto digest = digest_of(body);
  const auto stage = [&] {
    auto writer = store->new_blob();
    REQUIRE(writer);
    REQUIRE((*writer)->append(body));
    const auto staged = (*writer)->finish(digest);
    REQUIRE(staged);
    return *staged;
  };
  const auto first = stage(), second = stage();
  REQUIRE(store->commit(Commit().add_staged_blob(digest, first).add_staged_blob(digest, first)));
  REQUIRE(store->commit(Commit().add_staged_blob(digest, second)));
  const auto read = store->read_blob(digest, 0, body.size(), Wait::disk);
  REQUIRE(read);
  CHECK(*read == body);
  CHECK(store->check()->empty());
  CHECK_FALSE(std::filesystem::exists(blob_file_path((folder.path / "blobs").string(), second.file_id)));
}

TEST_CASE("log store: what was committed is there after it was closed, and only one may open it") {
  const Folder folder;
  {
    const auto store = open_store(folder);
    CHECK(store->commit(Commit().put("za", "1").add_blob(digest_of("body"), shared("body"))));
    CHECK(log::LogStore::open(real_files(), folder.path, {}).error().code == Code::already_exists);
  }
  const auto store = open_store(folder);
  CHECK(**store->get("za") == "1");
  CHECK(*store->read_blob(digest_of("body"), 0, 10, Wait::disk) == "body");
  CHECK(store->statistics().replayed == 0);
}

TEST_CASE("log store: a store of a newer program is refused in plain words") {
  const Folder folder;
  {
    open_store(folder);
  }
  std::ofstream(folder.path / "format") << "posthorn store 2\n" << std::string(32, '0') << "\n";
  const auto refused = log::LogStore::open(real_files(), folder.path, {});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::not_supported);
  CHECK(refused.error().text.find("newer Posthorn") != std::string::npos);
}

TEST_CASE("log store: a damaged frame is reported, not skipped") {
  const Folder folder;
  {
    const auto store = open_store(folder);
    for (int i = 0; i < 50; ++i) CHECK(store->commit(Commit().put("z" + std::to_string(i), std::string(1000, 'x'))));
  }
  std::filesystem::remove_all(folder.path / "index");  // as if nothing of it had been flushed
  const auto segment = folder.path / "log" / log::segment_name(1);
  flip_bit(segment, log::kHeaderSize + 20'000);
  const auto refused = log::LogStore::open(real_files(), folder.path, {});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::damaged);
  CHECK(refused.error().text.find(log::segment_name(1)) != std::string::npos);
  flip_bit(segment, log::kHeaderSize + 20'000);
  const auto store = open_store(folder);
  CHECK(store->statistics().replayed >= 50);
  CHECK(**store->get("z49") == std::string(1000, 'x'));
}

TEST_CASE("log store: goes on in the last segment, unless something was left behind its end") {
  const Folder folder;
  const auto commit_one = [&] { CHECK(open_store(folder)->commit(Commit().put("z", "1"))); };
  const auto segments = [&] { return log::list_segments(real_files(), (folder.path / "log").string())->size(); };
  for (int i = 0; i < 3; ++i) commit_one();
  CHECK(segments() == 1);
  flip_bit(folder.path / "log" / log::segment_name(1), 1 << 20);
  commit_one();
  CHECK(segments() == 2);
  commit_one();
  CHECK(segments() == 2);
  CHECK(open_store(folder)->check()->empty());
}

TEST_CASE("log store: more segments are read than may be open") {
  const Folder folder;
  const auto store = *log::LogStore::open(real_files(), folder.path, {.index = {}, .segment_bytes = 128 << 10});
  const auto body = [](int i) { return std::to_string(i) + std::string(40'000, 'b'); };
  for (int i = 0; i < 300; ++i) CHECK(store->commit(Commit().add_blob(digest_of(body(i)), shared(body(i)))));
  for (int round = 0; round < 2; ++round)
    for (int i = 0; i < 300; ++i)
      CHECK(store->read_blob(digest_of(body(i)), 0, UINT64_MAX, Wait::disk).value() == body(i));
  const auto is_open = std::filesystem::directory_iterator("/proc/self/fd");
  CHECK(std::distance(begin(is_open), end(is_open)) < 200);
}

TEST_CASE("log store: a row larger than the index's cache is read again") {
  const Folder folder;
  const std::string row(14 << 20, 'r');
  CHECK(open_store(folder)->commit(Commit().put("z", row)));
  const auto store = *log::LogStore::open(real_files(), folder.path,
                                          {.index = {.block_cache_bytes = 1 << 20, .write_buffer_bytes = 1 << 20}});
  const auto got = store->get("z");
  REQUIRE_MESSAGE(got, (got ? "" : got.error().text));
  CHECK(*got == row);
}

TEST_CASE("log store: a damaged body is reported when it is read and by check") {
  const Folder folder;
  const std::string body(5000, 'b');
  {
    const auto store = open_store(folder);
    CHECK(store->commit(Commit().add_blob(digest_of(body), shared(body))));
  }
  const auto segment = folder.path / "log" / log::segment_name(1);
  std::ifstream in(segment, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  flip_bit(segment, bytes.find(std::string(100, 'b')) + 50);
  const auto store = open_store(folder);
  CHECK(store->read_blob(digest_of(body), 0, 10, Wait::disk).error().code == Code::damaged);
  CHECK(store->check()->size() == 1);
}

TEST_CASE("log store: many threads, one order") {
  const Folder folder;
  const auto store = open_store(folder);
  std::atomic<int> failed{0};
  std::vector<std::thread> threads;
  threads.reserve(8);
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i) {
        const auto key = "z" + std::to_string(t) + "-" + std::to_string(i);
        const auto body = "body " + std::to_string(i % 50);
        if (!store->commit(Commit().put(key, body).add_blob(digest_of(body), shared(body)))) ++failed;
      }
    });
  for (auto& thread : threads) thread.join();
  CHECK(failed == 0);
  int rows = 0;
  CHECK(store->scan("z0", "z9", [&](std::string_view, std::string_view) { return ++rows; }));
  CHECK(rows == 1600);
  CHECK(store->check()->empty());
}

TEST_CASE("commit: what is encoded is decoded, and cut or changed bytes are damaged") {
  Commit commit;
  commit.put("key", "value").erase("gone").add_blob(digest_of("b"), shared("b"));
  std::string bytes = "junk";
  const auto blobs = encode_commit(bytes, commit);
  bytes = bytes.substr(4);
  CHECK(bytes.size() <= commit.weight());
  const auto decoded = decode_commit(bytes);
  REQUIRE(decoded);
  CHECK(decoded->rows.size() == 2);
  CHECK(decoded->rows[1].erase);
  CHECK(decoded->blobs[0].offset == blobs[0].offset);
  CHECK(bytes.substr(blobs[0].offset, 1) == "b");
  for (std::size_t n = 0; n < bytes.size(); ++n) CHECK_FALSE(decode_commit(std::string_view(bytes).substr(0, n)));
}

TEST_CASE("frame: only whole, undamaged frames of the right segment are read") {
  std::string out(log::kFrameHeaderSize, '\0');
  out += "payload";
  log::seal_frame(out, 0, 7, log::FrameKind::commit, 5, 4);
  const auto frame = log::read_frame(out, 7);
  REQUIRE(frame);
  CHECK(frame->payload == "payload");
  CHECK(frame->sequence == 5);
  CHECK(frame->size == out.size());
  CHECK_FALSE(log::read_frame(out, 8));
  CHECK(log::proves_durable("zzz" + out, 7, 4));
  CHECK_FALSE(log::proves_durable("zzz" + out, 7, 5));
  for (std::size_t i = 0; i < log::kFrameHeaderSize + 7; ++i) {
    auto damaged = out;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    CHECK_FALSE(log::read_frame(damaged, 7));
  }
}
