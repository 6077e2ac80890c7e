#include "store/blob/sweeper.h"

#include "store/keys.h"

namespace posthorn::store {
namespace {

constexpr std::size_t kRowsAtOnce = 1000;
constexpr std::size_t kTimeSize = 8;

std::string time_key(WallTime time) {
  return KeyBuilder(Table::doomed).u64(static_cast<std::uint64_t>(to_micros(time))).take();
}

Result<std::vector<std::string>> doomed_rows(const Store& store, WallTime until) {
  std::vector<std::string> keys;
  const auto scanned = store.scan(KeyBuilder(Table::doomed).take(), after_prefix(time_key(until)),
                                  [&](std::string_view key, std::string_view) {
                                    keys.emplace_back(key);
                                    return keys.size() < kRowsAtOnce;
                                  });
  if (!scanned) return fail(scanned);
  return keys;
}

Result<void> sweep_one(Store& store, const std::string& doomed, Swept& swept) {
  const auto digest = std::string_view(doomed).substr(1 + kTimeSize);
  const auto erased = store.commit(Commit()
                                       .expect_empty_prefix(reference_prefix(digest))
                                       .erase(KeyBuilder(Table::blob).bytes(digest).take())
                                       .erase(doomed));
  if (erased) ++swept.erased;
  if (erased || erased.error().code != Code::conflict) return erased;
  ++swept.kept;
  return store.commit(Commit().erase(doomed));
}

}  // namespace

std::string doomed_key(WallTime time, const Digest& digest) { return time_key(time) + std::string(view(digest)); }

std::string reference_prefix(std::string_view digest) { return KeyBuilder(Table::reference).bytes(digest).take(); }

Result<Swept> sweep_doomed(Store& store, WallTime until) {
  Swept swept;
  while (true) {
    const auto keys = doomed_rows(store, until);
    if (!keys) return fail(keys);
    for (const auto& key : *keys)
      if (auto done = sweep_one(store, key, swept); !done) return fail(done);
    if (keys->size() < kRowsAtOnce) return swept;
  }
}

}  // namespace posthorn::store
