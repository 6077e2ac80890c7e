// Strings as IMAP's data items have them, and what to do with text other than ASCII in them. RFC 9051 4.3.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace posthorn::message {

/// For sessions without and with UTF-8 enabled (RFC 6855 3): as RFC 2047 encoded words and their like, so that all is
/// ASCII, or as it is, mended where it is not valid UTF-8.
enum class Utf8 : unsigned char { encode, raw };

/// A quoted string, or a literal where the bytes hold CR or LF. NUL, which neither can hold, is left out.
void put_string(std::string& out, std::string_view s);
/// As put_string, or NIL.
void put_nstring(std::string& out, const std::optional<std::string>& s);

/// Text of an unstructured field or a phrase, unfolded, made fit for the session.
std::string fit_text(std::string_view text, Utf8 mode);

/// Bytes that RFC 2047 has no way to encode in (an id, a location): with encode, bytes >= 0x80 become '?'.
std::string fit_token(std::string_view text, Utf8 mode);

}  // namespace posthorn::message
