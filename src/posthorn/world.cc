#include "posthorn/world.h"

#include "directory/ldap.h"
#include "directory/pam.h"
#include "mailstore/account_rows.h"
#include "net/memory.h"

namespace posthorn::program {
namespace {

constexpr unsigned kOffloadThreads = 4;
constexpr unsigned kSearchingThreads = 2;

}  // namespace

World::World(const Config& c, std::unique_ptr<store::log::LogStore> s)
    : config(c),
      store(std::move(s)),
      offload(kOffloadThreads),
      searching(kSearchingThreads),
      mail(*store, offload, {.keep = std::chrono::hours(c.keep_expunged)}),
      directory(*store),
      ldap(c.ldap.url.empty() ? nullptr : directory::make_ldap(c.ldap)),
      pam(c.pam.domain.empty() ? nullptr : directory::make_pam(c.pam)),
      login(directory, c.auth) {
  for (auto* outside : {ldap.get(), pam.get()})
    if (outside != nullptr)
      directory.attach(outside, [this](AccountId id, std::optional<std::uint64_t> quota) { return adopt(id, quota); });
}

Result<void> World::adopt(AccountId id, std::optional<std::uint64_t> quota_bytes) {
  if (auto made = mail.create_account(id); !made && made.error().code != Code::already_exists) return made;
  return quota_bytes ? set_quota(id, *quota_bytes) : Result<void>();
}

Result<void> World::set_quota(AccountId id, std::uint64_t bytes) {
  const auto account = mail.open_now(id);
  if (!account) return fail(account);
  const auto set = mail.change_now(*account, [bytes](const auto&, WallTime) -> Result<mailstore::Prepared> {
    return mailstore::Prepared{{mailstore::QuotaSet{bytes}}, {}};
  });
  if (!set) return fail(set);
  return {};
}

Result<std::unique_ptr<World>> World::open(const Config& config) {
  std::error_code ignored;
  if (std::filesystem::exists(config.data / kRestoreUnfinished, ignored))
    return fail(Code::unavailable, "a restore into " + config.data.string() +
                                       " was not finished: run the same `posthorn restore` again, which begins anew");
  store::log::StoreOptions options;
  options.index = index_options(config);
  options.reserve_bytes = config.reserve_bytes;
  return open(config, store::real_files(), options);
}

Result<std::unique_ptr<World>> World::open(const Config& config, store::FileSystem& files,
                                           const store::log::StoreOptions& options) {
  auto store = store::log::LogStore::open(files, config.data.string(), options);
  if (!store && store.error().code == Code::damaged)
    return fail(Code::damaged, store.error().text + "; `posthorn store check --repair` is the way out");
  if (!store) return fail(store);
  auto world = std::make_unique<World>(config, std::move(*store));
  if (auto done = world->directory.open(); !done) return fail(done);
  return world;
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

std::uint64_t memory_ceiling(const Config& config) {
  return config.memory != 0 ? config.memory : net::default_memory_ceiling();
}

store::rocks::IndexOptions index_options(const Config& config) {
  store::rocks::IndexOptions options;
  const auto ceiling = memory_ceiling(config);
  options.block_cache_bytes = std::min(options.block_cache_bytes, ceiling / 16);
  options.write_buffer_bytes = std::min(options.write_buffer_bytes, ceiling / 32);
  return options;
}

std::filesystem::path control_socket(const Config& config) { return config.data / "posthorn.sock"; }

}  // namespace posthorn::program
