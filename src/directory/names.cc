// Directory's aliases and groups.
#include <set>

#include "directory/rows.h"

namespace posthorn::directory {
namespace {

constexpr std::size_t kMostTargets = 10'000;

}  // namespace

Result<Directory::Named> Directory::find_named(const std::string& address) const {
  Named named;
  auto account = find(address);
  if (!account) return fail(account);
  named.account = std::move(*account);
  if (named) return named;
  auto alias = read<AliasEntry>(alias_key(address), address);
  if (!alias) return fail(alias);
  named.alias = std::move(*alias);
  if (named) return named;
  auto group = read<GroupEntry>(group_key(address), address);
  if (!group) return fail(group);
  named.group = std::move(*group);
  return named;
}

/// The canonical address, if it may be made: its domain is here and nothing has the address.
Result<std::string> Directory::free_address(std::string_view address) const {
  auto canonical = address_to_make(address);
  if (!canonical) return canonical;
  const auto domain = has_domain(domain_of(*canonical));
  if (!domain) return fail(domain);
  if (!*domain)
    return fail(Code::not_found, "there is no domain " + std::string(domain_of(*canonical)) + "; add it first");
  const auto named = find_named(*canonical);
  if (!named) return fail(named);
  const auto* what = named->account ? "account" : named->alias ? "alias" : "group";
  if (*named) return fail(Code::already_exists, fmt::format("the {} {} exists", what, *canonical));
  return canonical;
}

/// Canonical, each once. Errors: what is no target for `text`, an address that is to stand for them.
Result<std::vector<std::string>> Directory::check_targets(std::string_view text,
                                                          const std::vector<std::string>& targets) {
  const auto address = canonical_address(text);
  if (!address) return fail(address);
  std::vector<std::string> checked;
  std::set<std::string> seen;
  for (const auto& named : targets) {
    auto target = address_to_make(named);
    if (!target) return fail(target);
    if (*target == *address) return fail(Code::invalid, *address + " cannot stand for itself");
    const auto is_ours = has_domain(domain_of(*target));
    if (!is_ours) return fail(is_ours);
    if (!*is_ours)
      return fail(Code::not_supported, *target + " is not of a domain of this server: mail is not yet sent elsewhere");
    // Loops and closed accounts are no matter here: they may change.
    const auto there = resolve(*target, {.sender = *target});
    if (!there && (there.error().code == Code::not_found || is_temporary(there.error().code))) return fail(there);
    if (seen.insert(*target).second) checked.push_back(std::move(*target));
  }
  if (checked.size() > kMostTargets) return fail(Code::too_many, fmt::format("at most {} addresses", kMostTargets));
  return checked;
}

// Targets are checked before the lock is taken: another directory may be asked about them.
Result<void> Directory::add_alias(const AliasEntry& entry) {
  auto targets = check_targets(entry.address, entry.targets);
  if (!targets) return fail(targets);
  if (targets->empty()) return fail(Code::invalid, "an alias needs an address for which it stands");
  const std::lock_guard lock(changing_);
  const auto address = free_address(entry.address);
  if (!address) return fail(address);
  return store_.commit(store::Commit().put(alias_key(*address), encode(AliasEntry{*address, std::move(*targets)})));
}

Result<void> Directory::remove_alias(std::string_view address) {
  const std::lock_guard lock(changing_);
  const auto canonical = canonical_address(address);
  const auto there = read<AliasEntry>(alias_key(canonical.value_or("")), "");
  if (!there) return fail(there);
  if (!canonical || !*there) return fail(Code::not_found, "there is no alias " + printable(address));
  return store_.commit(store::Commit().erase(alias_key(*canonical)));
}

Result<std::vector<AliasEntry>> Directory::aliases() const { return all<AliasEntry>(alias_key("")); }

Result<void> Directory::add_group(const GroupEntry& entry) {
  auto members = check_targets(entry.address, entry.members);
  if (!members) return fail(members);
  const std::lock_guard lock(changing_);
  const auto address = free_address(entry.address);
  if (!address) return fail(address);
  auto group = entry;
  group.address = *address;
  group.members = std::move(*members);
  return store_.commit(store::Commit().put(group_key(*address), encode(group)));
}

Result<void> Directory::remove_group(std::string_view address) {
  const std::lock_guard lock(changing_);
  const auto canonical = canonical_address(address);
  const auto there = read<GroupEntry>(group_key(canonical.value_or("")), "");
  if (!there) return fail(there);
  if (!canonical || !*there) return fail(Code::not_found, "there is no group " + printable(address));
  return store_.commit(store::Commit().erase(group_key(*canonical)));
}

Result<void> Directory::change_group(std::string_view address, const GroupChange& change) {
  const auto canonical = canonical_address(address);
  const auto added = check_targets(canonical.value_or(""), change.add);
  if (!added) return fail(added);
  const std::lock_guard lock(changing_);
  auto group = read<GroupEntry>(group_key(canonical.value_or("")), canonical.value_or(""));
  if (!group) return fail(group);
  if (!canonical || !*group) return fail(Code::not_found, "there is no group " + printable(address));
  auto& members = (*group)->members;
  for (const auto& member : change.remove)
    if (std::erase(members, canonical_address(member).value_or("")) == 0)
      return fail(Code::not_found, printable(member) + " is no member of " + *canonical);
  for (const auto& member : *added)
    if (std::ranges::find(members, member) == members.end()) members.push_back(member);
  if (members.size() > kMostTargets) return fail(Code::too_many, fmt::format("at most {} addresses", kMostTargets));
  if (change.name) (*group)->name = *change.name;
  if (change.senders) (*group)->senders = *change.senders;
  return store_.commit(store::Commit().put(group_key(*canonical), encode(**group)));
}

Result<std::vector<GroupEntry>> Directory::groups() const { return all<GroupEntry>(group_key("")); }

Result<std::vector<std::string>> Directory::named_by(std::string_view address) const {
  std::vector<std::string> names;
  const auto canonical = canonical_address(address);
  if (!canonical) return names;
  const auto holds = [&](const std::vector<std::string>& list) {
    return std::ranges::find(list, *canonical) != list.end();
  };
  const auto every_alias = aliases();
  if (!every_alias) return fail(every_alias);
  for (const auto& alias : *every_alias)
    if (holds(alias.targets)) names.push_back("alias " + alias.address);
  const auto every_group = groups();
  if (!every_group) return fail(every_group);
  for (const auto& group : *every_group)
    if (holds(group.members)) names.push_back("group " + group.address);
  const auto every_domain = domains();
  if (!every_domain) return fail(every_domain);
  for (const auto& domain : *every_domain)
    if (domain.catch_all == *canonical) names.push_back("catch-all of " + domain.name);
  return names;
}

}  // namespace posthorn::directory
