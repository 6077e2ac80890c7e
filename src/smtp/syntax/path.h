// Envelope addresses: Reverse-path, Forward-path, Mailbox, address literals (RFC 5321 4.1.2 and 4.1.3), and their
// internationalised forms (RFC 6531 3.3). Whether these may be used here and now, the caller asks by is_ascii().
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "abnf/cursor.h"
#include "base/result.h"
#include "base/text.h"
#include "net/address.h"

namespace posthorn::smtp {

/// Local-part "@" ( Domain / address-literal )
struct Mailbox {
  std::string local_part;  ///< what it means, without quotes and backslashes; case is kept; valid UTF-8
  std::string domain;      ///< as given, perhaps with U-labels; an address literal with its brackets

  /// Needs no SMTPUTF8.
  bool is_ascii() const { return !has_8bit(local_part) && !has_8bit(domain); }

  bool is_at_literal() const { return domain.starts_with('['); }
  /// The address of a literal; none for a domain, or a General-address-literal.
  std::optional<net::IpAddress> literal() const;

  /// "a@b" alone, without angle brackets. Code::syntax.
  static Result<Mailbox> parse(std::string_view text);
  /// Quotes the local part where it must be.
  std::string text() const;

  friend bool operator==(const Mailbox&, const Mailbox&) = default;
};

/// Whom to tell when delivery fails; null for "<>".
struct ReversePath {
  std::optional<Mailbox> mailbox;

  bool is_null() const { return !mailbox; }
  bool is_ascii() const { return !mailbox || mailbox->is_ascii(); }
  /// With angle brackets. A source route is accepted and forgotten (RFC 5321 appendix C). Code::syntax.
  static Result<ReversePath> parse(std::string_view text);
  std::string text() const;

  friend bool operator==(const ReversePath&, const ReversePath&) = default;
};

/// A recipient. "<Postmaster>", of any case, has no domain.
struct ForwardPath {
  Mailbox mailbox;

  bool is_bare_postmaster() const { return mailbox.domain.empty(); }
  bool is_ascii() const { return mailbox.is_ascii(); }
  static Result<ForwardPath> parse(std::string_view text);
  std::string text() const;

  friend bool operator==(const ForwardPath&, const ForwardPath&) = default;
};

/// The productions of RFC 5321 4.1.2 over one command's arguments.
class PathCursor : public abnf::Cursor {
 public:
  using Cursor::Cursor;

  ReversePath reverse_path();
  ForwardPath forward_path();
  Mailbox mailbox();

 private:
  void source_route();
  std::string local_part();
  std::string quoted_string();
  std::string domain();
  std::string address_literal();
};

/// Whether `text` is a Domain: labels of letters, digits and hyphens, in all at most 255 bytes. An underscore is let
/// through, as hosts with one exist and send mail.
bool is_domain(std::string_view text);

}  // namespace posthorn::smtp
