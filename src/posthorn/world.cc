#include "posthorn/world.h"

#include "mailstore/account_rows.h"

namespace posthorn::program {
namespace {

constexpr unsigned kOffloadThreads = 4;

}  // namespace

World::World(const Config& c, std::unique_ptr<store::log::LogStore> s)
    : config(c),
      store(std::move(s)),
      offload(kOffloadThreads),
      mail(*store, offload, {.keep = std::chrono::hours(c.keep_expunged)}),
      directory(*store) {}

Result<std::unique_ptr<World>> World::open(const Config& config) {
  store::log::StoreOptions options;
  options.reserve_bytes = config.reserve_bytes;
  auto store = store::log::LogStore::open(store::real_files(), config.data.string(), options);
  if (!store) return fail(store);
  return std::make_unique<World>(config, std::move(*store));
}

Result<void> World::complete_accounts() {
  const auto entries = directory.accounts();
  if (!entries) return fail(entries);
  const auto view = store->snapshot();
  std::vector<AccountId> missing;
  for (const auto& entry : *entries) {
    const auto row = mailstore::read_account_row(*view, entry.id);
    if (!row && row.error().code != Code::not_found) return fail(row);
    if (!row) missing.push_back(entry.id);
  }
  return missing.empty() ? Result<void>() : mail.create_accounts(missing);
}

std::filesystem::path control_socket(const Config& config) { return config.data / "posthorn.sock"; }

}  // namespace posthorn::program
