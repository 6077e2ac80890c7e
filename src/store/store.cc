#include "store/store.h"

#include <future>

namespace posthorn::store {

Result<void> Store::commit(Commit commit) {
  std::promise<Result<void>> promise;
  auto outcome = promise.get_future();
  enqueue(std::move(commit), [&promise](Result<void> result) { promise.set_value(std::move(result)); });
  kick(true);
  return outcome.get();
}

}  // namespace posthorn::store
