// Internationalised domain names by UTS #46 (non-transitional), as RFC 5890 and RFC 6531 need them.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace posthorn::codec {

inline constexpr std::size_t kLongestDomain = 255;  ///< bytes of an A-label form, RFC 5321 4.5.3.1.2

/// The form for the wire: each label lower-case ASCII, `xn--` where it was not. ASCII names pass unchanged but for
/// case, underscores included. Errors: invalid for names that IDNA does not allow or that are too long.
Result<std::string> domain_to_ascii(std::string_view utf8);

/// The form for eyes: UTF-8, each label lower-case. Labels that do not decode stay as they are. Total.
std::string domain_to_unicode(std::string_view domain);

}  // namespace posthorn::codec
