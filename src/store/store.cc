#include "store/store.h"

#include <future>

namespace posthorn::store {
namespace {

constexpr std::size_t kErasedACommit = 2000;

}  // namespace

Result<void> Store::commit(Commit commit) {
  std::promise<Result<void>> promise;
  auto outcome = promise.get_future();
  enqueue(std::move(commit), [&promise](Result<void> result) { promise.set_value(std::move(result)); });
  kick(true);
  return outcome.get();
}

Result<void> Store::erase(std::string_view from, std::string_view to) {
  while (true) {
    Commit some;
    const auto done = scan(from, to, [&](std::string_view key, std::string_view) {
      some.erase(std::string(key));
      return some.rows.size() < kErasedACommit;
    });
    if (!done) return done;
    if (some.rows.empty()) return {};
    if (auto written = commit(std::move(some)); !written) return written;
  }
}

}  // namespace posthorn::store
