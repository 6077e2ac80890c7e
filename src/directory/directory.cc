#include "directory/directory.h"

#include <set>

#include "base/bytes.h"
#include "base/random.h"
#include "directory/rows.h"
#include "store/keys.h"

namespace posthorn::directory {
namespace {

constexpr std::size_t kAccountsACommit = 500;
constexpr std::size_t kMostKnown = 20'000;
constexpr std::size_t kSecretSize = 32;

std::string next_account_key() { return store::KeyBuilder(store::Table::system).bytes("next_account").take(); }

Result<std::uint32_t> next_account(const store::View& view) {
  const auto row = view.get(next_account_key());
  if (!row) return fail(row);
  return *row ? ByteReader(**row).u32() : 1;
}

std::unexpected<Error> no_account(std::string_view address) {
  return fail(Code::not_found, "there is no account " + printable(address));
}

bool lacks_scram(const AccountEntry& entry) { return entry.scram_sha_256.empty() || entry.scram_sha_1.empty(); }

}  // namespace

Result<void> Directory::open() {
  const std::lock_guard lock(changing_);
  const auto row = store_.get(installation_key());
  if (!row) return fail(row);
  secret_ = row->value_or(random_bytes(kSecretSize));
  if (!*row)
    if (auto done = store_.commit(store::Commit().put(installation_key(), secret_)); !done) return done;
  const auto every = accounts();
  if (!every) return fail(every);
  without_scram_ = std::ranges::count_if(*every, lacks_scram);
  return {};
}

void Directory::attach(Outside* outside, std::function<Result<void>(AccountId, std::optional<std::uint64_t>)> adopted) {
  outside_.push_back(outside);
  adopted_ = std::move(adopted);
}

Outside* Directory::outside_of(std::string_view domain) const {
  for (auto* outside : outside_)
    if (outside->serves(domain)) return outside;
  return nullptr;
}

Result<void> Directory::add_domain(std::string_view name) {
  const auto domain = canonical_domain(name);
  if (!domain) return fail(domain);
  if (!is_host_name(*domain)) return fail(Code::syntax, "not a domain name: " + printable(name));
  const auto key = domain_key(*domain);
  auto done = store_.commit(store::Commit().expect_absent(key).put(key, encode(DomainEntry{.name = *domain})));
  if (!done && done.error().code == Code::conflict)
    return fail(Code::already_exists, "the domain " + *domain + " exists");
  return done;
}

Result<void> Directory::remove_domain(std::string_view name) {
  const std::lock_guard lock(changing_);
  const auto domain = canonical_domain(name);
  if (!domain) return fail(domain);
  const auto there = has_domain(*domain);
  if (!there) return fail(there);
  if (!*there) return fail(Code::not_found, "there is no domain " + *domain);
  Result<void> outcome;
  const auto look = [&](const auto& entries, const char* what) {
    if (!entries) outcome = fail(entries);
    if (!outcome) return;
    for (const auto& entry : *entries)
      if (domain_of(entry.address) == *domain)
        outcome = fail(Code::conflict, fmt::format("the domain still has {}, such as {}", what, entry.address));
  };
  look(groups(), "groups");
  look(aliases(), "aliases");
  look(accounts(), "accounts");
  if (!outcome) return outcome;
  return store_.commit(store::Commit().erase(domain_key(*domain)));
}

Result<void> Directory::change_domain(std::string_view name, const std::function<Result<void>(DomainEntry&)>& change) {
  const std::lock_guard lock(changing_);
  auto entry = find_domain(name);
  if (!entry) return fail(entry);
  if (!*entry) return fail(Code::not_found, "there is no domain " + printable(name));
  if (auto done = change(**entry); !done) return done;
  return store_.commit(store::Commit().put(domain_key((*entry)->name), encode(**entry)));
}

Result<std::vector<DomainEntry>> Directory::domains() const { return all<DomainEntry>(domain_key("")); }

Result<std::optional<DomainEntry>> Directory::find_domain(std::string_view name, store::Wait wait) const {
  auto domain = canonical_domain(name);
  if (!domain) return std::nullopt;
  const auto row = store_.get(domain_key(*domain), wait);
  if (!row) return fail(row);
  if (!*row) return std::nullopt;
  auto entry = decode<DomainEntry>(std::move(*domain), **row);
  if (!entry) return fail(entry);
  return std::optional(std::move(*entry));
}

Result<bool> Directory::has_domain(std::string_view name, store::Wait wait) const {
  const auto entry = find_domain(name, wait);
  if (!entry) return fail(entry);
  return entry->has_value();
}

Result<AccountEntry> Directory::add_account(std::string_view address, std::string password_hash) {
  auto added = add_accounts({std::string(address)}, {.password_hash = std::move(password_hash)});
  if (!added) return fail(added);
  if (added->empty()) return fail(Code::already_exists, "the account " + std::string(address) + " exists");
  return std::move(added->front());
}

Result<std::vector<AccountEntry>> Directory::add_accounts(const std::vector<std::string>& addresses,
                                                          const AccountEntry& like) {
  const std::lock_guard lock(changing_);
  auto next = next_account(store_);
  if (!next) return fail(next);
  std::vector<AccountEntry> added;
  std::set<std::string> seen;  // of these addresses, some of which may be in no commit yet
  store::Commit commit;
  const auto flush = [&]() -> Result<void> {
    if (commit.rows.empty()) return {};
    std::string value;
    put_u32(value, *next);
    commit.put(next_account_key(), value);
    return store_.commit(std::exchange(commit, {}));
  };
  for (const auto& text : addresses) {
    const auto address = address_to_make(text);
    if (!address) return fail(address);
    const auto known = find(*address);
    if (!known) return fail(known);
    if (*known || seen.contains(*address)) continue;
    if (const auto is_free = free_address(*address); !is_free) return fail(is_free);
    seen.insert(*address);
    auto entry = like;
    entry.id = AccountId((*next)++);
    entry.address = *address;
    commit.put(account_key(*address), encode(entry));
    if (lacks_scram(entry)) ++without_scram_;
    added.push_back(std::move(entry));
    if (commit.rows.size() >= kAccountsACommit)
      if (auto done = flush(); !done) return fail(done);
  }
  if (auto done = flush(); !done) return fail(done);
  return added;
}

Result<AccountEntry> Directory::remove_account(std::string_view address) {
  const std::lock_guard lock(changing_);
  auto entry = find(address);
  if (!entry) return fail(entry);
  if (!*entry) return no_account(address);
  store::Commit commit;
  commit.erase(account_key((*entry)->address));
  for (const auto& prefix : {app_password_key((*entry)->id, ""), app_password_index_key((*entry)->id, "")}) {
    const auto scanned = store_.scan(prefix, store::after_prefix(prefix), [&](std::string_view key, std::string_view) {
      commit.erase(std::string(key));
      return true;
    });
    if (!scanned) return fail(scanned);
  }
  if (auto done = store_.commit(std::move(commit)); !done) return fail(done);
  if (lacks_scram(**entry)) --without_scram_;
  forget((*entry)->address);
  return std::move(**entry);
}

Result<AccountEntry> Directory::change_account(std::string_view address,
                                               const std::function<Result<void>(AccountEntry&)>& change) {
  const std::lock_guard lock(changing_);
  const auto before = find(address);
  if (!before) return fail(before);
  if (!*before) return no_account(address);
  auto entry = **before;
  if (auto done = change(entry); !done) return fail(done);
  if (auto done = store_.commit(store::Commit().put(account_key(entry.address), encode(entry))); !done)
    return fail(done);
  without_scram_ += (lacks_scram(entry) ? 1 : 0) - (lacks_scram(**before) ? 1 : 0);
  forget(entry.address);
  return entry;
}

void Directory::forget(const std::string& address) {
  const std::lock_guard lock(known_mutex_);
  known_.erase(address);
  ++forgotten_;
}

Result<std::vector<AccountEntry>> Directory::accounts() const { return all<AccountEntry>(account_key("")); }

Result<std::optional<AccountEntry>> Directory::find(std::string_view address, store::Wait wait) const {
  auto canonical = canonical_address(address);
  if (!canonical) return std::nullopt;
  std::uint64_t forgotten = 0;
  {
    const std::lock_guard lock(known_mutex_);
    if (const auto it = known_.find(*canonical); it != known_.end()) return it->second;
    forgotten = forgotten_;
  }
  const auto row = store_.get(account_key(*canonical), wait);
  if (!row) return fail(row);
  if (!*row) return std::nullopt;
  auto entry = decode<AccountEntry>(std::move(*canonical), **row);
  if (!entry) return fail(entry);
  const std::lock_guard lock(known_mutex_);
  if (known_.size() >= kMostKnown) known_.clear();
  // What was read before a change must not be remembered after it.
  if (forgotten == forgotten_) known_.emplace(entry->address, *entry);
  return std::optional(std::move(*entry));
}

Result<std::optional<AccountEntry>> Directory::find_anywhere(std::string_view address) {
  auto entry = find(address);
  if (!entry || (*entry && !(*entry)->is_outside)) return entry;
  const auto canonical = canonical_address(address);
  auto* outside = canonical ? outside_of(domain_of(*canonical)) : nullptr;
  if (outside == nullptr) return entry;
  const auto user = outside->find(*canonical);
  if (!user) return fail(user);
  if (!*user) return std::nullopt;
  auto account = adopt(**user);
  if (!account) return fail(account);
  return std::optional(std::move(*account));
}

Result<AccountEntry> Directory::adopt(const OutsideUser& user) {
  const std::lock_guard lock(adopting_);
  auto known = find(user.address);
  if (!known) return fail(known);
  if (*known) return std::move(**known);
  auto made = add_accounts({user.address}, {.name = user.name, .is_outside = true});
  if (!made) return fail(made);
  if (made->empty()) return no_account(user.address);
  if (adopted_)
    if (auto done = adopted_(made->front().id, user.quota_bytes); !done) {
      // Without its mailboxes it would refuse its mail for good; as it is not there, whoever asks next begins anew.
      (void)remove_account(user.address);
      return fail(done);
    }
  return std::move(made->front());
}

}  // namespace posthorn::directory
