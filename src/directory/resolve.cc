// Who gets mail for an address: accounts, aliases, groups, details, catch-alls, postmasters.
#include <set>

#include "directory/rows.h"

namespace posthorn::directory {
namespace {

constexpr std::string_view kPostmaster = "postmaster";
constexpr unsigned kDeepest = 10;               ///< aliases of groups of aliases ...
constexpr std::size_t kMostAddresses = 10'000;  ///< looked at for one recipient
constexpr unsigned kMostSeparators = 8;         ///< in one local part, from its end

std::unexpected<Error> no_mailbox(std::string_view address) {
  return fail(Code::not_found, "there is no mailbox " + printable(address));
}

}  // namespace

/// One resolution: follows every address once, however often it is named, so that loops end.
class Expansion {
 public:
  enum class Groups { followed, left_out };

  Expansion(Directory& directory, const ResolveFor& who, Groups groups = Groups::followed)
      : directory_(directory), who_(who), groups_(groups) {}

  Result<Resolution> run(const std::string& address) {
    auto found = follow(address, "", 0);
    if (!found) return fail(found);
    // Of a group all of whose members are gone, and of an alias whose targets are.
    if (resolution_.targets.empty()) return no_mailbox(address);
    return std::move(resolution_);
  }

 private:
  /// Errors: not_found for what is not there, and what refuses the whole.
  Result<void> follow(const std::string& address, const std::string& detail, unsigned depth) {
    if (!seen_.insert(address).second) return {};
    if (depth > kDeepest) return fail(Code::too_many, "more than 10 aliases and groups within each other");
    if (seen_.size() > kMostAddresses) return fail(Code::too_many, "more than 10000 recipients behind one address");
    auto named = directory_.find_named(address);
    if (!named) return fail(named);
    if (*named && !(named->account && named->account->is_outside)) return take(*named, detail, depth);
    const auto domain = directory_.find_domain(domain_of(address));
    if (!domain) return fail(domain);
    const bool is_here = domain->has_value() || iequals(domain_of(address), who_.hostname);
    if (!is_here) return fail(Code::denied, "this server takes mail for its own domains only");
    if (*domain) {
      if (const auto taken = ask_outside(address, detail, depth); !taken || *taken) return drop_value(taken);
      if (const auto taken = split_detail(**domain, address, depth); !taken || *taken) return drop_value(taken);
    }
    if (local_part_of(address) == kPostmaster && !who_.postmaster.empty()) return next(who_.postmaster, "", depth);
    if (*domain && !(*domain)->catch_all.empty()) return next((*domain)->catch_all, "", depth);
    return no_mailbox(address);
  }

  static Result<void> drop_value(const Result<bool>& taken) { return taken ? Result<void>() : fail(taken); }

  Result<void> next(const std::string& address, const std::string& detail, unsigned depth) {
    const auto canonical = canonical_address(address);
    if (!canonical) return fail(canonical);
    return follow(*canonical, detail, depth + 1);
  }

  Result<void> take(const Directory::Named& named, const std::string& detail, unsigned depth) {
    if (named.account) return take_account(*named.account, detail);
    if (named.alias) return expand(named.alias->targets, detail, depth);
    if (groups_ == Groups::left_out) return {};
    if (auto may = may_send(*named.group); !may) return may;
    return expand(named.group->members, detail, depth);
  }

  Result<void> take_account(const AccountEntry& account, const std::string& detail) {
    if (account.state == AccountState::closed) return fail(Code::denied, "the mailbox is closed");
    const auto same = [&](const Resolution::Target& t) { return t.account.id == account.id; };
    if (std::ranges::none_of(resolution_.targets, same))
      resolution_.targets.push_back({account, account.detail == DetailRule::mailbox ? detail : ""});
    return {};
  }

  /// What of a list is gone, or refuses, does not keep the mail from the others; what cannot be known now does.
  Result<void> expand(const std::vector<std::string>& addresses, const std::string& detail, unsigned depth) {
    std::optional<Error> refused;
    for (const auto& address : addresses) {
      const auto before = resolution_.targets.size();
      const auto done = next(address, detail, depth);
      if (done) continue;
      const bool is_one_less = done.error().code == Code::not_found || done.error().code == Code::denied;
      if (!is_one_less) return done;
      if (resolution_.targets.size() == before) refused = done.error();
    }
    if (refused && resolution_.targets.empty() && depth == 0) return std::unexpected(*refused);
    return {};
  }

  Result<void> may_send(const GroupEntry& group) const {
    if (group.senders == GroupSenders::anyone || is_listing_) return {};
    const auto refused = [&] { return fail(Code::denied, "not everybody may send to " + group.address); };
    if (who_.sender.empty()) return refused();
    if (group.senders == GroupSenders::domain)
      return domain_of(who_.sender) == domain_of(group.address) ? Result<void>() : refused();
    // A member of a group within it is one of this group as well.
    Expansion members(directory_, {.hostname = who_.hostname, .postmaster = who_.postmaster, .sender = ""});
    members.is_listing_ = true;
    if (auto done = members.expand(group.members, "", 1); !done) return done;
    for (const auto& target : members.resolution_.targets)
      if (target.account.address == who_.sender) return {};
    return refused();
  }

  Result<bool> ask_outside(const std::string& address, const std::string& detail, unsigned depth) {
    auto* outside = directory_.outside_of(domain_of(address));
    if (outside == nullptr) return false;
    const auto account = directory_.find_anywhere(address);
    if (!account) return fail(account);
    if (*account) {
      if (auto done = take_account(**account, detail); !done) return fail(done);
      return true;
    }
    if (groups_ == Groups::left_out) return false;
    const auto members = outside->members(address);
    if (!members) return fail(members);
    if (!*members) return false;
    if (auto done = expand(**members, detail, depth); !done) return fail(done);
    return true;
  }

  /// The longest part before a separator that is an address: with "-", jean-paul-lists is jean-paul's.
  Result<bool> split_detail(const DomainEntry& domain, const std::string& address, unsigned depth) {
    if (domain.separator.empty()) return false;
    const auto local = local_part_of(address);
    auto at = local.size();
    for (unsigned n = 0; n < kMostSeparators && at != 0; ++n) {
      at = local.rfind(domain.separator, at - 1);
      if (at == std::string_view::npos || at == 0) return false;
      const auto base = std::string(local.substr(0, at)) + "@" + domain.name;
      const auto detail = std::string(local.substr(at + domain.separator.size()));
      const auto named = directory_.find_named(base);
      if (!named) return fail(named);
      if (*named && !(named->account && named->account->is_outside)) {
        if (auto done = take(*named, detail, depth); !done) return fail(done);
        return true;
      }
      if (const auto taken = ask_outside(base, detail, depth); !taken || *taken) return taken;
    }
    return false;
  }

  Directory& directory_;
  const ResolveFor who_;
  const Groups groups_;
  bool is_listing_ = false;  ///< of members: groups within are listed whoever may send to them
  std::set<std::string> seen_;
  Resolution resolution_;
};

Result<Resolution> Directory::resolve(std::string_view address, const ResolveFor& who) {
  auto canonical = canonical_address(address);
  if (!canonical) return fail(Code::not_found, canonical.error().text);
  return Expansion(*this, who).run(*canonical);
}

Result<bool> Directory::owns(const AccountEntry& account, std::string_view address) {
  // Its postmaster has no say: what a postmaster gets because nobody else does is not his own.
  const auto canonical = canonical_address(address);
  if (!canonical) return false;
  const auto resolved = Expansion(*this, {.sender = account.address}, Expansion::Groups::left_out).run(*canonical);
  if (!resolved) {
    if (is_temporary(resolved.error().code)) return fail(resolved);
    return false;
  }
  return std::ranges::any_of(resolved->targets, [&](const auto& t) { return t.account.id == account.id; });
}

}  // namespace posthorn::directory
