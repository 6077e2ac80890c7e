// Addresses as the directory names them: one form for all that mean the same.
//
// The domain is in A-labels (RFC 5890 2.3.2.1) and lower case. The local part is NFC (RFC 6532 3.1), its ASCII letters
// in lower case; the case of other letters is kept, as no rule for it holds in every language.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace posthorn::directory {

/// "User@Example.ORG" -> "user@example.org". Errors: syntax.
Result<std::string> canonical_address(std::string_view address);
/// As canonical_address(), of an address that is to be made: its local part must be a Dot-string of at most 64 bytes
/// (RFC 5321 4.1.2, RFC 6531 3.3), as no other gets mail. Errors: syntax.
Result<std::string> address_to_make(std::string_view address);
/// Errors: syntax.
Result<std::string> canonical_domain(std::string_view domain);
/// RFC 5321 4.1.2: labels of letters, digits and hyphens, which neither begin nor end with one; RFC 1035 2.3.4: of at
/// most 63. An IPv4 address is none.
bool is_host_name(std::string_view name);

/// Of a canonical address.
std::string_view domain_of(std::string_view address);
std::string_view local_part_of(std::string_view address);

}  // namespace posthorn::directory
