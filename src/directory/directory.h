// Who there is: domains, accounts by address, their credentials.
//
// Addresses are the same whatever the case of their letters; a domain is kept in its A-label form (RFC 5890 2.3.2.1).
// Rows under Table::directory, value formats version(1) first:
//   'd' domain              -> version
//   'a' address             -> version account_id password_hash
// and under Table::system `next_account`, the next AccountId, which is never given out twice.
//
// Threads: everything from any thread. Functions that change something block until it is durable.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "store/store.h"

namespace posthorn::directory {

struct AccountEntry {
  AccountId id;
  std::string address;        ///< canonical
  std::string password_hash;  ///< PHC string (sasl/password.h), "" while none is set
};

class Directory {
 public:
  explicit Directory(store::Store& store) : store_(store) {}

  /// Errors: syntax for what is no domain, already_exists.
  Result<void> add_domain(std::string_view name);
  /// Errors: not_found; conflict while it has accounts.
  Result<void> remove_domain(std::string_view name);
  Result<std::vector<std::string>> domains() const;
  /// Errors: the store's; unavailable where Wait::never would have to wait.
  Result<bool> has_domain(std::string_view name, store::Wait wait = store::Wait::disk) const;

  /// A new account with an id of its own. Errors: syntax, not_found (no such domain), already_exists.
  Result<AccountEntry> add_account(std::string_view address, std::string password_hash);
  /// Makes many at once, in bounded commits; those that exist are passed over. Answers the new ones.
  Result<std::vector<AccountEntry>> add_accounts(const std::vector<std::string>& addresses,
                                                 const std::vector<std::string>& password_hashes);
  /// Errors: not_found.
  Result<AccountEntry> remove_account(std::string_view address);
  Result<void> set_password_hash(std::string_view address, std::string password_hash);
  Result<std::vector<AccountEntry>> accounts() const;
  /// nullopt where there is none. Errors: the store's; unavailable where Wait::never would have to wait.
  Result<std::optional<AccountEntry>> find(std::string_view address, store::Wait wait = store::Wait::disk) const;

 private:
  void forget(const std::string& address);

  store::Store& store_;
  std::mutex changing_;  ///< one change at a time, as ids are drawn by reading and writing
  /// Entries found lately, as this is the only writer. An address that is not there is not remembered.
  mutable std::mutex known_mutex_;
  mutable std::unordered_map<std::string, AccountEntry> known_;
  std::uint64_t forgotten_ = 0;  ///< how often forget() was called
};

/// "User@Example.ORG" -> "user@example.org". Errors: syntax.
Result<std::string> canonical_address(std::string_view address);
/// As canonical_address(), of an account that is to be made: its local part must be a Dot-string of at most 64 bytes
/// (RFC 5321 4.1.2), as no other gets mail. Errors: syntax.
Result<std::string> address_to_make(std::string_view address);
/// Errors: syntax.
Result<std::string> canonical_domain(std::string_view domain);
/// RFC 5321 4.1.2: labels of letters, digits and hyphens, which neither begin nor end with one; RFC 1035 2.3.4: of at
/// most 63. An IPv4 address is none.
bool is_host_name(std::string_view name);

}  // namespace posthorn::directory
