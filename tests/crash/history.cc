#include "crash/history.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdlib>

#include "base/log.h"
#include "store/store_suite.h"

namespace posthorn::crash {

using namespace posthorn::store;

namespace {

constexpr std::size_t kSharedKeys = 20;
constexpr std::size_t kDistinctBodies = 40;

std::string body(std::uint64_t n, std::size_t size) {
  std::string bytes = fmt::format("body {} ", n);
  SeededRandom random(n);
  while (bytes.size() < size) put_u64(bytes, random.next());
  bytes.resize(size);
  return bytes;
}

}  // namespace

std::string History::marker(std::size_t number) { return fmt::format("zm{:06}", number); }

Commit History::make(Entry& entry) {
  Commit commit;
  const auto put = [&](std::string key, std::optional<std::string> value) {
    entry.rows[key] = value;
    if (value)
      commit.put(std::move(key), std::move(*value));
    else
      commit.erase(std::move(key));
  };
  put(marker(entries_.size()), std::string(random_.below(2000), 'm'));
  for (auto n = random_.below(4); n > 0; --n) {
    auto key = fmt::format("zk{:02}", random_.below(kSharedKeys));
    if (entry.rows.contains(key)) continue;
    if (random_.one_in(3))
      put(std::move(key), std::nullopt);
    else
      put(std::move(key), fmt::format("of {}", entries_.size()));
  }
  if (random_.one_in(10)) commit.expect_absent(fmt::format("zk{:02}", random_.below(kSharedKeys)));
  return commit;
}

void History::add_blobs(Entry& entry, Store& store, Commit& commit, bool stages) {
  for (auto n = random_.below(3); n > 0; --n) {
    const auto id = random_.below(kDistinctBodies);
    const bool is_large = stages && id % 8 == 0;
    auto bytes = body(id, is_large ? 70'000 + id * 1000 : 10 + id * 60);
    const auto digest = digest_of(bytes);
    if (!is_large) {
      commit.add_blob(digest, shared(bytes));
    } else {
      auto writer = store.new_blob();
      if (!writer || !(*writer)->append(bytes)) continue;
      const auto staged = (*writer)->finish(digest);
      if (!staged) continue;
      commit.add_staged_blob(digest, *staged);
    }
    entry.blobs[std::string(view(digest))] = std::move(bytes);
  }
  for (auto n = random_.below(3); n > 0; --n) {
    const auto id = random_.below(kDistinctBodies);
    const auto digest = digest_of(body(id, stages && id % 8 == 0 ? 70'000 + id * 1000 : 10 + id * 60));
    if (!entry.blobs.contains(std::string(view(digest)))) {
      commit.erase(blob_key(digest));
      entry.erased_blobs.emplace_back(view(digest));
    }
  }
}

void History::enqueue(Store& store, bool stages) {
  const std::lock_guard order(order_);
  Entry entry;
  auto commit = make(entry);
  add_blobs(entry, store, commit, stages);
  if (random_.one_in(3)) commit.epoch = store.epoch();
  const auto number = entries_.size();
  {
    const std::lock_guard lock(mutex_);
    entries_.push_back(std::move(entry));
  }
  store.enqueue(std::move(commit), [this, number](Result<void> outcome) { settle(number, outcome); });
}

void History::settle(std::size_t number, const Result<void>& outcome) {
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_[number];
  REQUIRE(entry.fate == Entry::kWaiting);
  if (!outcome) ++refusals_[outcome.error().code];
  const bool is_definite =
      !outcome && (outcome.error().code == Code::conflict || outcome.error().code == Code::cancelled);
  entry.fate = outcome ? Entry::kAcknowledged : is_definite ? Entry::kRefused : Entry::kInDoubt;
}

void History::drain(Store& store) {
  const auto is_waiting = [this] {
    const std::lock_guard lock(mutex_);
    return std::any_of(entries_.begin(), entries_.end(), [](const Entry& e) { return e.fate == Entry::kWaiting; });
  };
  while (is_waiting()) (void)store.commit(Commit());
}

std::size_t History::acknowledged() const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(
      std::count_if(entries_.begin(), entries_.end(), [](const Entry& e) { return e.fate == Entry::kAcknowledged; }));
}

std::size_t History::refused(Code code) const {
  const std::lock_guard lock(mutex_);
  const auto it = refusals_.find(code);
  return it == refusals_.end() ? 0 : it->second;
}

void History::judge_prefix(const std::vector<bool>& in_force, const std::string& what) {
  bool certain_later = false;  // one that is not in doubt and stands behind is in force
  for (std::size_t i = entries_.size(); i-- > 0;) {
    const Entry& e = entries_[i];
    INFO(what << ": commit " << i);
    switch (e.fate) {
      case Entry::kAcknowledged: REQUIRE(in_force[i]); break;
      case Entry::kRefused:
      case Entry::kGone: REQUIRE_FALSE(in_force[i]); break;
      case Entry::kWaiting: REQUIRE((in_force[i] || !certain_later)); break;
      case Entry::kInDoubt: REQUIRE((!in_force[i] || !certain_later)); break;
    }
    certain_later |= in_force[i] && e.fate != Entry::kInDoubt;
  }
}

void History::judge_rows(const store::log::LogStore& store, const std::vector<bool>& in_force,
                         const std::string& what) {
  std::map<std::string, std::string> rows, blobs;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (!in_force[i]) continue;
    for (const auto& [key, value] : entries_[i].rows) {
      if (value)
        rows[key] = *value;
      else
        rows.erase(key);
    }
    for (const auto& [digest, bytes] : entries_[i].blobs) blobs[digest] = bytes;
    for (const auto& digest : entries_[i].erased_blobs) blobs.erase(digest);
  }
  std::map<std::string, std::string> found;
  REQUIRE(store.scan("z", "{", [&](std::string_view key, std::string_view value) {
    found.emplace(key, value);
    return true;
  }));
  INFO(what);
  REQUIRE(found == rows);
  for (const auto& [digest, bytes] : blobs) {
    Digest d;
    std::copy(digest.begin(), digest.end(), d.begin());
    const auto read = store.read_blob(d, 0, UINT64_MAX, Wait::disk);
    INFO((read ? "" : read.error().text));
    REQUIRE(read);
    REQUIRE(*read == bytes);
  }
  std::size_t bodies = 0;
  REQUIRE(store.scan(KeyBuilder(Table::blob).take(), after_prefix(KeyBuilder(Table::blob).take()),
                     [&](std::string_view, std::string_view) { return ++bodies; }));
  REQUIRE(bodies == blobs.size());
}

void History::verify(const store::log::LogStore& store, const std::string& what) {
  const std::lock_guard lock(mutex_);
  std::vector<bool> in_force;
  in_force.reserve(entries_.size());
  for (std::size_t i = 0; i < entries_.size(); ++i) in_force.push_back(store.get(marker(i)).value().has_value());
  judge_prefix(in_force, what);
  judge_rows(store, in_force, what);
  const auto wrong = store.check();
  REQUIRE(wrong);
  INFO(what << ": " << (wrong->empty() ? "" : wrong->front()));
  REQUIRE(wrong->empty());
  for (std::size_t i = 0; i < entries_.size(); ++i)
    entries_[i].fate = in_force[i] ? Entry::kAcknowledged : Entry::kGone;
}

std::uint64_t rounds(std::uint64_t n) {
  const char* times = std::getenv("POSTHORN_CRASH_ROUNDS");
  return times != nullptr ? n * static_cast<std::uint64_t>(std::atoi(times)) : n;
}

void silence_log() {
  if (std::getenv("POSTHORN_CRASH_LOG") == nullptr) base::log::redirect(-1);
}

void run_alone(Store& store, History& history, SeededRandom& random, int commits) {
  for (int i = 0; i < commits; ++i) {
    history.enqueue(store, true);
    if (random.one_in(3)) store.kick(random.one_in(2));
    if (random.one_in(12)) (void)store.collect();
  }
  store.kick(true);
}

store::log::StoreOptions small_options() {
  return {.index = {.block_cache_bytes = 1 << 20, .write_buffer_bytes = 64 << 10},
          .segment_bytes = 256 << 10,
          .reserve_bytes = 0};
}

std::unique_ptr<SimulatedFiles> new_disk() {
  auto disk = std::make_unique<SimulatedFiles>();
  REQUIRE(disk->make_folder("top"));
  REQUIRE(disk->sync_folder(""));
  return disk;
}

std::unique_ptr<store::log::LogStore> open_store(SimulatedFiles& disk, const std::string& what,
                                                 const store::log::StoreOptions& options) {
  auto store = store::log::LogStore::open(disk, kFolder, options);
  INFO(what << ": " << (store ? "" : store.error().text));
  REQUIRE(store);
  return std::move(*store);
}

}  // namespace posthorn::crash
