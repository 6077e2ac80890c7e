// What the directory knows of domains, accounts, aliases, groups and app passwords.
//
// Rows under Table::directory, each value with its version first (entry.cc); all addresses canonical (address.h):
//   'd' domain            -> 1 | 2 catch_all separator
//   'a' address           -> 1 id password_hash | 2 id password_hash credentials ... (AccountEntry)
//   'l' address           -> 1 targets
//   'g' address           -> 1 name senders members
//   'p' account name      -> 1 digest protocols senders messages_an_hour created last_used expires scram keys
//   'x' account digest    -> the name of the app password whose secret has this digest (app_password.h)
//   'k'                   -> a random key of this installation: digests of app passwords, made-up salts
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"

namespace posthorn::directory {

/// What an account, or an app password, may be used for: a set of these bits.
enum class Protocol : std::uint8_t { imap = 1, pop3 = 2, smtp = 4, jmap = 8, managesieve = 16 };
using Protocols = std::uint8_t;
inline constexpr Protocols kAllProtocols = 31;
inline bool holds(Protocols set, Protocol one) { return (set & static_cast<Protocols>(one)) != 0; }
/// Their names in the order above. protocols_of() errors: invalid, naming what there is.
std::vector<std::string> names_of(Protocols set);
Result<Protocols> protocols_of(const std::vector<std::string>& names);

struct DomainEntry {
  std::string name;
  std::string catch_all = "";   ///< who gets mail for addresses that are not there; "": nobody
  std::string separator = "+";  ///< between a local part and its detail (RFC 5233); "": details are not known
};

enum class AccountState : std::uint8_t {
  active,
  no_login,  ///< nobody logs in; its mail is still kept
  closed,    ///< nobody logs in, and mail for it is refused
};

/// What becomes of a message that POP3 deletes.
enum class Pop3Delete : std::uint8_t { expunge, archive, trash };

/// Where mail for `user+detail` goes.
enum class DetailRule : std::uint8_t {
  inbox,
  mailbox,  ///< to the mailbox that the detail names, where it exists
};

struct AccountEntry {
  AccountId id = AccountId(0);
  std::string address = "";        ///< canonical
  std::string password_hash = "";  ///< sasl/password.h; "" while none is set
  /// Counts up when the password changes: what was remembered of the old one is void.
  std::uint64_t credential_version = 1;
  std::string scram_sha_256 = "", scram_sha_1 = "";  ///< sasl/scram_keys.h; "" where there are none
  std::string name = "";                             ///< for people
  AccountState state = AccountState::active;
  Protocols protocols = kAllProtocols;
  Pop3Delete pop3_delete = Pop3Delete::expunge;
  std::uint32_t pop3_keep_days = 0;  ///< how long a message stays after POP3's RETR; 0: for ever
  DetailRule detail = DetailRule::inbox;
  bool is_outside = false;  ///< another directory (LDAP, PAM) says who this is, and whether there is such an account
};

struct AliasEntry {
  std::string address;
  std::vector<std::string> targets;
};

/// Who may send to a group.
enum class GroupSenders : std::uint8_t { anyone, domain, members };

struct GroupEntry {
  std::string address;
  std::string name;
  GroupSenders senders = GroupSenders::anyone;
  std::vector<std::string> members;
};

struct AppPassword {
  std::string name;
  std::string digest;  ///< of the secret (app_password.h)
  Protocols protocols = kAllProtocols;
  /// What it may send as: addresses, or `*@domain`; empty: no limit.
  std::vector<std::string> senders;
  std::uint32_t messages_an_hour = 0;  ///< 0: no limit
  std::int64_t created = 0, last_used = 0,
               expires = 0;  ///< seconds since 1970; 0: never. last_used is up to an hour old
  std::string scram_sha_256, scram_sha_1;
};

std::string encode(const DomainEntry& entry);
std::string encode(const AccountEntry& entry);
std::string encode(const AliasEntry& entry);
std::string encode(const GroupEntry& entry);
std::string encode(const AppPassword& entry);
/// The row `name` as it was encoded, in this version or an earlier one. Errors: damaged.
template <class Entry>
Result<Entry> decode(std::string name, std::string_view bytes);
template <>
Result<DomainEntry> decode(std::string name, std::string_view bytes);
template <>
Result<AccountEntry> decode(std::string name, std::string_view bytes);
template <>
Result<AliasEntry> decode(std::string name, std::string_view bytes);
template <>
Result<GroupEntry> decode(std::string name, std::string_view bytes);
template <>
Result<AppPassword> decode(std::string name, std::string_view bytes);

std::string domain_key(std::string_view name);
std::string account_key(std::string_view address);
std::string alias_key(std::string_view address);
std::string group_key(std::string_view address);
std::string app_password_key(AccountId account, std::string_view name);
std::string app_password_index_key(AccountId account, std::string_view digest);
std::string installation_key();

}  // namespace posthorn::directory
