// Modified UTF-7, in which IMAP4rev1 writes mailbox names. RFC 3501 5.1.3.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace posthorn::codec {

/// The canonical encoding of a UTF-8 name. Bytes that are not UTF-8 come out as U+FFFD.
std::string utf7_encode(std::string_view utf8);

/// The UTF-8 of a name, strict, so that no two encodings mean one mailbox. Errors: syntax for 8-bit and control bytes,
/// an open or empty-but-not-`&-` shift, printable ASCII in a shift, two shifts in a row, unpaired surrogates,
/// unused bits that are not zero.
Result<std::string> utf7_decode(std::string_view name);

}  // namespace posthorn::codec
