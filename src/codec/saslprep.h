// SASLprep, RFC 4013: user names and passwords in one form, so that the same letters are the same bytes.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace posthorn::codec {

/// As a query (RFC 3454 7: unassigned code points pass). Printable ASCII passes unchanged. Errors: invalid for what
/// is no UTF-8, prohibited (control characters among it), mixes directions, or is longer than 4096 bytes.
Result<std::string> saslprep(std::string_view utf8);

}  // namespace posthorn::codec
