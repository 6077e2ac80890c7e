// A directory kept by others: LDAP (ldap.h), the accounts of the operating system (pam.h).
//
// What it says counts for the addresses of its domains that are not in our own directory. An account that it knows gets
// a row of ours (AccountEntry::is_outside) with its first login or its first mail.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace posthorn::directory {

struct OutsideUser {
  std::string address;  ///< canonical: the account's own, also where an alias of it was asked for
  std::string name;     ///< for people, "" where none is told
  std::optional<std::uint64_t> quota_bytes;
};

/// Threads: any. Every function blocks, for a limited time. Errors: unavailable and timeout where the directory cannot
/// be asked, which never means that somebody is not there.
class Outside {
 public:
  virtual ~Outside() = default;
  /// "ldap", "pam", for logs.
  virtual std::string_view name() const = 0;
  /// Whether addresses of this domain may be there; does not block.
  virtual bool serves(std::string_view domain) const = 0;
  /// By the canonical address of the account or of an alias.
  virtual Result<std::optional<OutsideUser>> find(const std::string& address) = 0;
  /// The canonical addresses of a group's members; nullopt where there is no such group.
  virtual Result<std::optional<std::vector<std::string>>> members(const std::string& address) = 0;
  /// The account, if `address` is there and the password is right.
  virtual Result<std::optional<OutsideUser>> verify(const std::string& address, const std::string& password) = 0;
};

}  // namespace posthorn::directory
