// BODYSTRUCTURE and BODY, printed from a parsed message. RFC 9051 7.5.2.
#pragma once

#include <cstddef>
#include <string>

#include "message/imap_string.h"
#include "message/parser.h"

namespace posthorn::message {

/// When this much is printed, the envelopes and parameters that follow are left out (NIL): small parts can make a
/// structure many times their size.
inline constexpr std::size_t kMaxStructure = 1024 * 1024;

/// With the extension data: params, disposition, language, location. A multipart without parts is printed with one
/// empty text/plain, as the grammar wants one. Text without charset says us-ascii.
///
/// With Utf8::encode a parameter's value other than ASCII is written as it came: by RFC 2231 (`"filename*"
/// "utf-8''..."`) or as encoded words.
std::string print_bodystructure(const Parsed& message, Utf8 mode);

/// BODY without section: the same without the extension data.
std::string print_body(const Parsed& message, Utf8 mode);

}  // namespace posthorn::message
