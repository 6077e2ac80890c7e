// Who there is: domains, accounts by address, their credentials, aliases and groups.
//
// An address is one of an account, an alias, or a group. Rows: entry.h; and under Table::system `next_account`, the
// next AccountId, which is never given out twice.
//
// Threads: everything from any thread. Functions that change something block until it is durable; those that may ask
// another directory block for as long as that takes.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "directory/address.h"
#include "directory/entry.h"
#include "directory/outside.h"
#include "store/store.h"

namespace posthorn::directory {

/// What an address comes to (resolve.cc).
struct Resolution {
  struct Target {
    AccountEntry account;
    std::string detail;  ///< of `user+detail`, "" where there is none
  };
  std::vector<Target> targets;  ///< every account once
};

/// Who asks for an address.
struct ResolveFor {
  std::string hostname = "";    ///< of the server: its postmaster is the one below, too
  std::string postmaster = "";  ///< who gets mail for postmasters that are not there; "": nobody
  std::string sender = "";      ///< logged in as this account; "": a stranger, who may not send to members' groups
};

struct GroupChange {
  std::optional<std::string> name = std::nullopt;
  std::optional<GroupSenders> senders = std::nullopt;
  std::vector<std::string> add = {}, remove = {};
};

class Directory {
 public:
  explicit Directory(store::Store& store) : store_(store) {}

  /// Makes or reads the installation's key, and counts which accounts have keys for SCRAM. To be called once, before
  /// others use it.
  Result<void> open();
  /// Asked for what is not in this directory; outlives it. `adopted` is called with every account that is made for it,
  /// and with its quota. Before others use it.
  void attach(Outside* outside, std::function<Result<void>(AccountId, std::optional<std::uint64_t>)> adopted);
  bool has_outside() const { return !outside_.empty(); }
  /// The first that serves the domain; null for none.
  Outside* outside_of(std::string_view domain) const;

  /// Errors: syntax for what is no domain, already_exists.
  Result<void> add_domain(std::string_view name);
  /// Errors: not_found; conflict while it has accounts, aliases or groups.
  Result<void> remove_domain(std::string_view name);
  /// Errors: not_found, and what `change` answers.
  Result<void> change_domain(std::string_view name, const std::function<Result<void>(DomainEntry&)>& change);
  Result<std::vector<DomainEntry>> domains() const;
  Result<std::optional<DomainEntry>> find_domain(std::string_view name, store::Wait wait = store::Wait::disk) const;
  /// Errors: the store's; unavailable where Wait::never would have to wait.
  Result<bool> has_domain(std::string_view name, store::Wait wait = store::Wait::disk) const;

  /// A new account with an id of its own. Errors: syntax, not_found (no such domain), already_exists.
  Result<AccountEntry> add_account(std::string_view address, std::string password_hash);
  /// Makes many at once, in bounded commits, all but their addresses and ids as `like`; those that exist are passed
  /// over. Answers the new ones.
  Result<std::vector<AccountEntry>> add_accounts(const std::vector<std::string>& addresses, const AccountEntry& like);
  /// With its app passwords. Errors: not_found.
  Result<AccountEntry> remove_account(std::string_view address);
  /// Errors: not_found, and what `change` answers. The address and the id stay as they are.
  Result<AccountEntry> change_account(std::string_view address,
                                      const std::function<Result<void>(AccountEntry&)>& change);
  Result<std::vector<AccountEntry>> accounts() const;
  /// nullopt where there is none. Errors: the store's; unavailable where Wait::never would have to wait.
  Result<std::optional<AccountEntry>> find(std::string_view address, store::Wait wait = store::Wait::disk) const;
  /// As find(), and where there is none, whom another directory knows; their account is made. For an account that
  /// another directory has, it is asked whether that is still so. Errors: those of Outside, too.
  Result<std::optional<AccountEntry>> find_anywhere(std::string_view address);
  /// The account of somebody whom another directory knows; made where it is not there, whole or not at all.
  Result<AccountEntry> adopt(const OutsideUser& user);
  /// Whether every account can log in by SCRAM: clients try it first, and give up where it fails.
  bool all_have_scram() const { return without_scram_ == 0; }

  /// Errors: syntax; already_exists; not_found for a domain or a target that is not there; not_supported for a target
  /// elsewhere.
  Result<void> add_alias(const AliasEntry& entry);
  Result<void> remove_alias(std::string_view address);
  Result<std::vector<AliasEntry>> aliases() const;
  Result<void> add_group(const GroupEntry& entry);
  Result<void> remove_group(std::string_view address);
  /// As add_alias() for members that are new.
  Result<void> change_group(std::string_view address, const GroupChange& change);
  Result<std::vector<GroupEntry>> groups() const;
  /// The aliases, groups and catch-alls that name the address.
  Result<std::vector<std::string>> named_by(std::string_view address) const;
  /// Whether the account may send as the address: its own, an alias of it alone or with others, either with a detail,
  /// or any of a domain whose catch-all it is. A group's address is none of its members'.
  Result<bool> owns(const AccountEntry& account, std::string_view address);

  /// Who gets mail for the address. May ask other directories and make accounts for them. Errors: not_found; denied for
  /// a domain that is not here, a closed account, or a group to which `who` may not send; too_many.
  Result<Resolution> resolve(std::string_view address, const ResolveFor& who);

  /// Errors: not_found (the account), already_exists, too_many, invalid.
  Result<void> add_app_password(std::string_view address, const AppPassword& entry);
  Result<void> remove_app_password(std::string_view address, std::string_view name);
  Result<std::vector<AppPassword>> app_passwords(AccountId account) const;
  Result<std::optional<AppPassword>> find_app_password(AccountId account, std::string_view name) const;
  Result<std::optional<AppPassword>> find_app_password_by_digest(AccountId account, std::string_view digest) const;
  /// It was used now; written if that was not known for an hour.
  Result<void> touch_app_password(AccountId account, std::string_view name);

  /// Of this installation, random, never told.
  const std::string& secret() const { return secret_; }

 private:
  friend class Expansion;
  struct Named {
    std::optional<AccountEntry> account;
    std::optional<AliasEntry> alias;
    std::optional<GroupEntry> group;
    explicit operator bool() const { return account || alias || group; }
  };

  void forget(const std::string& address);
  template <class Entry>
  Result<std::vector<Entry>> all(const std::string& prefix) const;
  template <class Entry>
  Result<std::optional<Entry>> read(const std::string& key, std::string name) const;
  Result<Named> find_named(const std::string& address) const;
  Result<std::string> free_address(std::string_view address) const;
  Result<std::vector<std::string>> check_targets(std::string_view text, const std::vector<std::string>& targets);

  store::Store& store_;
  std::mutex changing_;  ///< one change at a time, as changes read before they write
  std::mutex adopting_;  ///< held while an account of another directory is made; taken before changing_
  std::vector<Outside*> outside_;
  std::function<Result<void>(AccountId, std::optional<std::uint64_t>)> adopted_;
  std::string secret_;
  std::atomic<std::int64_t> without_scram_{1};  ///< accounts; unknown before open()
  /// Entries found lately, as this is the only writer. An address that is not there is not remembered.
  mutable std::mutex known_mutex_;
  mutable std::unordered_map<std::string, AccountEntry> known_;
  std::uint64_t forgotten_ = 0;  ///< how often forget() was called
};

}  // namespace posthorn::directory
