// An LDAP directory (RFC 4511) as Outside: accounts, aliases and groups as it has them, passwords by binding.
//
// User names reach the server as assertion values of filters alone, escaped by RFC 4515; a DN is never composed of
// one: a bind uses the DN that a search has answered.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "directory/outside.h"

namespace posthorn::directory {

struct LdapConfig {
  std::string url;                   ///< ldap://host:389, ldaps://host, ldapi:///
  std::vector<std::string> domains;  ///< canonical: whose addresses it knows
  std::string bind_dn;               ///< "": searches are anonymous
  std::filesystem::path bind_password_file;
  std::string base;
  /// Whom an address names; %s is the address.
  std::string filter = "(|(mail=%s)(mailAlternateAddress=%s))";
  /// Which group an address names; "": there are none.
  std::string group_filter = "";
  std::string mail_attribute = "mail";  ///< of a user: the account's address
  std::string name_attribute = "cn";
  std::string quota_attribute = "";         ///< bytes; "": none
  std::string member_attribute = "member";  ///< of a group: DNs, or addresses
  bool start_tls = false;
  std::filesystem::path ca;  ///< PEM; empty: the system's
  Duration timeout = std::chrono::seconds(5);

  friend bool operator==(const LdapConfig&, const LdapConfig&) = default;
};

std::unique_ptr<Outside> make_ldap(const LdapConfig& config);

/// RFC 4515 3: every byte that is not a letter, a digit or one of "@.-_+=" as \XX, so that it means itself.
std::string escape_filter_value(std::string_view value);
/// `filter` with every %s replaced by the escaped value.
std::string fill_filter(std::string_view filter, std::string_view value);

}  // namespace posthorn::directory
