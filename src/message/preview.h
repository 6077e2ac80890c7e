// The preview of a message: its first words. RFC 8970.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "message/parser.h"

namespace posthorn::message {

/// Code points, as RFC 8970 3.1 advises.
inline constexpr std::size_t kPreviewLength = 200;

/// Of the first text that was kept by the parser; "" where there is none. White space is collapsed, quoted lines and
/// their attribution, the signature and invisible characters are left out. Valid UTF-8 on one line.
std::string preview(const Parsed& message);

/// Undoes the content transfer encoding: base64 and quoted-printable, lenient; all others leave the bytes as they are.
std::string decode_transfer(std::string_view body, std::string_view encoding);

}  // namespace posthorn::message
