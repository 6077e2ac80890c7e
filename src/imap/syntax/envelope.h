// ENVELOPE (RFC 9051 7.5.2, 9): read by a client, and by SEARCH from what is stored.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "imap/syntax/lexer.h"

namespace posthorn::imap {

/// "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")". A group begins with one without a host, and ends with
/// one without a mailbox too.
struct EnvelopeAddress {
  std::optional<std::string> name;
  std::optional<std::string> route;
  std::optional<std::string> mailbox;
  std::optional<std::string> host;

  static EnvelopeAddress parse(Lexer& in);
  void print(std::string& out) const;
  friend bool operator==(const EnvelopeAddress&, const EnvelopeAddress&) = default;
};

/// Encoded words are not decoded. An empty list of addresses is NIL by wire.
struct Envelope {
  std::optional<std::string> date;
  std::optional<std::string> subject;
  std::vector<EnvelopeAddress> from, sender, reply_to, to, cc, bcc;
  std::optional<std::string> in_reply_to;
  std::optional<std::string> message_id;

  static Envelope parse(Lexer& in);
  void print(std::string& out) const;
  friend bool operator==(const Envelope&, const Envelope&) = default;
};

}  // namespace posthorn::imap
