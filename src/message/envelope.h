// The envelope of a message: the fields that ENVELOPE, sorting, threading and search want, and ENVELOPE itself.
// RFC 9051 7.5.2.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "message/address_list.h"
#include "message/imap_string.h"

namespace posthorn::message {

/// The fields, as they are in the header section. Values are unfolded; absent ones are nothing, empty ones "". Of Date,
/// Subject and the ids the last field counts, as in RFC 8621 4.1.2; repeated address fields are read as one list, so
/// that nobody hides a second From behind a first.
struct Envelope {
  std::optional<std::string> date;
  std::optional<std::string> subject;
  std::optional<std::string> in_reply_to;
  std::optional<std::string> message_id;
  std::optional<std::string> references;  ///< not part of ENVELOPE
  AddressList from, sender, reply_to, to, cc, bcc;
};

Envelope read_envelope(std::string_view header);

/// What a mailbox or a domain that is missing is printed as: NIL would mean a group.
inline constexpr std::string_view kMissingMailbox = "MISSING_MAILBOX";
inline constexpr std::string_view kMissingDomain = "MISSING_DOMAIN";

/// `(date subject from sender reply-to to cc bcc in-reply-to message-id)`. With Utf8::encode all is ASCII: display
/// names and the subject by encoded words, domains by IDNA, and an address with another local part becomes
/// invalid@internationalized-address.invalid with the address in its name, as RFC 6858 does.
std::string print_envelope(const Envelope& envelope, Utf8 mode);

}  // namespace posthorn::message
