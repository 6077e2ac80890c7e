#include "directory/directory.h"

#include <algorithm>
#include <set>

#include "abnf/atom.h"
#include "base/bytes.h"
#include "base/text.h"
#include "codec/idna.h"
#include "store/keys.h"

namespace posthorn::directory {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kLongestAddress = 254;   // RFC 5321 4.5.3.1.3 less its angle brackets
constexpr std::size_t kLongestLocalPart = 64;  // RFC 5321 4.5.3.1.1
constexpr std::size_t kAccountsACommit = 500;
constexpr std::size_t kMostKnown = 20'000;

std::string domain_key(std::string_view name) {
  return store::KeyBuilder(store::Table::directory).u8('d').bytes(name).take();
}
std::string account_key(std::string_view address) {
  return store::KeyBuilder(store::Table::directory).u8('a').bytes(address).take();
}
std::string next_account_key() { return store::KeyBuilder(store::Table::system).bytes("next_account").take(); }

std::string encode(const AccountEntry& entry) {
  std::string out;
  put_u8(out, kVersion);
  put_varint(out, entry.id.value());
  put_string(out, entry.password_hash);
  return out;
}

Result<AccountEntry> decode(std::string address, std::string_view bytes) {
  ByteReader in(bytes);
  const auto version = in.u8();
  AccountEntry entry{AccountId(static_cast<std::uint32_t>(in.varint())), std::move(address), std::string(in.string())};
  if (!in.ok() || !in.at_end() || version != kVersion)
    return fail(Code::damaged, "the directory's row of " + entry.address + " is damaged");
  return entry;
}

Result<std::uint32_t> next_account(const store::View& view) {
  const auto row = view.get(next_account_key());
  if (!row) return fail(row);
  return *row ? ByteReader(**row).u32() : 1;
}

std::string_view domain_of(std::string_view address) { return address.substr(address.rfind('@') + 1); }

}  // namespace

bool is_host_name(std::string_view name) {
  if (name.size() > 253) return false;
  const auto labels = split(name, '.');
  for (const auto label : labels) {
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
    for (const char c : label)
      if (!is_alnum(c) && c != '-') return false;
  }
  return !std::ranges::all_of(labels.back(), is_digit);
}

Result<std::string> canonical_domain(std::string_view domain) {
  auto ascii = codec::domain_to_ascii(domain);
  if (!ascii || ascii->empty() || ascii->size() > 253 || ascii->find('@') != std::string::npos)
    return fail(Code::syntax, "not a domain name: " + printable(domain));
  return to_lower(*ascii);
}

Result<std::string> canonical_address(std::string_view address) {
  const auto at = address.rfind('@');
  if (at == std::string_view::npos || at == 0)
    return fail(Code::syntax, "not an address (local-part@domain): " + printable(address));
  const auto domain = canonical_domain(address.substr(at + 1));
  if (!domain) return domain;
  for (const char c : address.substr(0, at))
    if (is_ctl(c) || c == ' ') return fail(Code::syntax, "not an address (local-part@domain): " + printable(address));
  auto canonical = to_lower(address.substr(0, at)) + "@" + *domain;
  if (canonical.size() > kLongestAddress) return fail(Code::syntax, "the address is too long");
  return canonical;
}

Result<std::string> address_to_make(std::string_view address) {
  auto canonical = canonical_address(address);
  if (!canonical) return canonical;
  const std::string_view local = std::string_view(*canonical).substr(0, canonical->rfind('@'));
  if (local.size() > kLongestLocalPart) return fail(Code::syntax, "the part before the @ is longer than 64 bytes");
  if (!abnf::is_dot_string(local))
    return fail(Code::syntax, "no mail can be sent to such an address (RFC 5321 4.1.2): " + printable(address));
  return canonical;
}

Result<void> Directory::add_domain(std::string_view name) {
  const auto domain = canonical_domain(name);
  if (!domain) return fail(domain);
  if (!is_host_name(*domain)) return fail(Code::syntax, "not a domain name: " + printable(name));
  std::string value;
  put_u8(value, kVersion);
  const auto key = domain_key(*domain);
  auto done = store_.commit(store::Commit().expect_absent(key).put(key, value));
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
  const auto all = accounts();
  if (!all) return fail(all);
  for (const auto& entry : *all)
    if (domain_of(entry.address) == *domain)
      return fail(Code::conflict, "the domain still has accounts, such as " + entry.address);
  return store_.commit(store::Commit().erase(domain_key(*domain)));
}

Result<std::vector<std::string>> Directory::domains() const {
  std::vector<std::string> names;
  const auto prefix = domain_key("");
  const auto done = store_.scan(prefix, store::after_prefix(prefix), [&](std::string_view key, std::string_view) {
    names.emplace_back(key.substr(prefix.size()));
    return true;
  });
  if (!done) return fail(done);
  return names;
}

Result<bool> Directory::has_domain(std::string_view name, store::Wait wait) const {
  const auto domain = canonical_domain(name);
  if (!domain) return false;
  const auto row = store_.get(domain_key(*domain), wait);
  if (!row) return fail(row);
  return row->has_value();
}

Result<AccountEntry> Directory::add_account(std::string_view address, std::string password_hash) {
  auto added = add_accounts({std::string(address)}, {std::move(password_hash)});
  if (!added) return fail(added);
  if (added->empty()) return fail(Code::already_exists, "the account " + std::string(address) + " exists");
  return std::move(added->front());
}

Result<std::vector<AccountEntry>> Directory::add_accounts(const std::vector<std::string>& addresses,
                                                          const std::vector<std::string>& password_hashes) {
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
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const auto address = address_to_make(addresses[i]);
    if (!address) return fail(address);
    const auto known = find(*address);
    if (!known) return fail(known);
    if (*known || !seen.insert(*address).second) continue;
    const auto domain = has_domain(domain_of(*address));
    if (!domain) return fail(domain);
    if (!*domain)
      return fail(Code::not_found, "there is no domain " + std::string(domain_of(*address)) + "; add it first");
    added.push_back({AccountId((*next)++), *address, password_hashes[i]});
    commit.put(account_key(*address), encode(added.back()));
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
  if (!*entry) return fail(Code::not_found, "there is no account " + std::string(address));
  if (auto done = store_.commit(store::Commit().erase(account_key((*entry)->address))); !done) return fail(done);
  forget((*entry)->address);
  return std::move(**entry);
}

Result<void> Directory::set_password_hash(std::string_view address, std::string password_hash) {
  const std::lock_guard lock(changing_);
  auto entry = find(address);
  if (!entry) return fail(entry);
  if (!*entry) return fail(Code::not_found, "there is no account " + std::string(address));
  (*entry)->password_hash = std::move(password_hash);
  auto done = store_.commit(store::Commit().put(account_key((*entry)->address), encode(**entry)));
  forget((*entry)->address);
  return done;
}

void Directory::forget(const std::string& address) {
  const std::lock_guard lock(known_mutex_);
  known_.erase(address);
  ++forgotten_;
}

Result<std::vector<AccountEntry>> Directory::accounts() const {
  std::vector<AccountEntry> all;
  Result<void> outcome;
  const auto prefix = account_key("");
  const auto done = store_.scan(prefix, store::after_prefix(prefix), [&](std::string_view key, std::string_view value) {
    auto entry = decode(std::string(key.substr(prefix.size())), value);
    if (entry)
      all.push_back(std::move(*entry));
    else
      outcome = fail(entry);
    return outcome.has_value();
  });
  if (!done) return fail(done);
  if (!outcome) return fail(outcome);
  return all;
}

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
  auto entry = decode(std::move(*canonical), **row);
  if (!entry) return fail(entry);
  const std::lock_guard lock(known_mutex_);
  if (known_.size() >= kMostKnown) known_.clear();
  // What was read before a change must not be remembered after it.
  if (forgotten == forgotten_) known_.emplace(entry->address, *entry);
  return std::move(*entry);
}

}  // namespace posthorn::directory
