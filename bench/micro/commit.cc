// Group commit on the disk under TMPDIR (or /var/tmp): so many commits in line, one flush for them all.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <latch>

#include "allocations.h"
#include "codec/digest.h"
#include "messages.h"
#include "store/log/log_store.h"

namespace posthorn::bench {
namespace {

constexpr std::size_t kBody = 4096;

/// A store in a folder of its own, which is removed with it.
class TemporaryStore {
 public:
  TemporaryStore() {
    const char* where = std::getenv("TMPDIR");
    folder_ = std::string(where != nullptr ? where : "/var/tmp") + "/posthorn-commit-XXXXXX";
    if (mkdtemp(folder_.data()) == nullptr) std::abort();
    auto opened = store::log::LogStore::open(store::real_files(), folder_, {});
    if (!opened) std::abort();
    store_ = std::move(*opened);
  }
  ~TemporaryStore() {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }
  TemporaryStore(const TemporaryStore&) = delete;
  TemporaryStore& operator=(const TemporaryStore&) = delete;

  store::log::LogStore& operator*() { return *store_; }
  store::log::LogStore* operator->() { return store_.get(); }

 private:
  std::string folder_;
  std::unique_ptr<store::log::LogStore> store_;
};

/// As a delivery's: a body, and some rows.
store::Commit delivery(std::uint64_t number, const std::string& text) {
  auto body = std::make_shared<std::string>("Message-ID: <" + std::to_string(number) + "@example.org>\r\n" + text);
  const std::string name = std::to_string(number);
  store::Commit commit;
  commit.put("bench.email." + name, std::string(900, 'e')).put("bench.log." + name, std::string(60, 'l'));
  commit.put("bench.reference." + name, "");
  store::Digest digest{};
  std::ranges::copy(codec::sha256(*body), digest.begin());
  return std::move(commit.add_blob(digest, std::move(body)));
}

void group_commit(benchmark::State& state) {
  TemporaryStore store;
  const std::string body = text(kBody);
  const auto in_line = state.range(0);
  std::uint64_t number = 0;
  const auto before = store->statistics();
  const CountAllocations count(state, in_line);
  for (auto _ : state) {
    std::latch done(in_line);
    for (std::int64_t i = 0; i < in_line; ++i) {
      store->enqueue(delivery(++number, body), [&done](Result<void> outcome) {
        if (!outcome) std::abort();
        done.count_down();
      });
    }
    store->kick(true);
    done.wait();
  }
  const auto after = store->statistics();
  state.counters["flushes"] =
      static_cast<double>(after.flushes - before.flushes) / static_cast<double>(state.iterations() * in_line);
  state.SetItemsProcessed(state.iterations() * in_line);
}
BENCHMARK(group_commit)->Arg(1)->Arg(8)->Arg(50)->UseRealTime()->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace posthorn::bench
