// Lists of addresses in headers: RFC 5322 3.4 with its obsolete forms (4.4) and the UTF-8 of RFC 6532, lenient.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace posthorn::message {

/// Addresses of one field beyond these are ignored.
inline constexpr std::size_t kMaxAddresses = 10'000;

/// One element of a list as IMAP's ENVELOPE has it: groups are a start, their members, and an end.
struct Address {
  enum class Kind : unsigned char { mailbox, group_start, group_end };

  Kind kind = Kind::mailbox;
  std::string name;     ///< display name or group name, without quoting, encoded words as they are; or a comment
  std::string route;    ///< RFC 5322 4.4 obs-route, `@a,@b`, mostly empty
  std::string mailbox;  ///< local part without quoting; empty where it is missing
  std::string domain;   ///< without comments; a literal with its brackets; empty where it is missing

  friend bool operator==(const Address&, const Address&) = default;
};
using AddressList = std::vector<Address>;

/// Total: what is no address is passed over; a word without '@' is an address without domain, several are a name. ';'
/// separates as ',' does. Bytes >= 0x80 stay as they are. Appends to what is in `list`, up to kMaxAddresses.
void parse_address_list(std::string_view value, AddressList& list);
AddressList parse_address_list(std::string_view value);

/// `local@domain`, the local part quoted where it needs to be; without '@' where there is no domain.
std::string addr_spec(const Address& address);

/// For a header: `list` printed with encoded words and quoting, separated by ", ".
std::string print_address_list(const AddressList& list);

}  // namespace posthorn::message
