// The commands that carry a grammar, as values: parsed by the server, printed by the client (RFC 5321 4.1.1).
//
// Every parse takes what follows the verb and one space, without CRLF, and is pure. Spaces at the end are let through
// (RFC 5321 4.1.1).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "smtp/syntax/parameters.h"
#include "smtp/syntax/path.h"

namespace posthorn::smtp {

/// A line cut into its verb and the rest.
struct CommandLine {
  std::string_view verb;
  std::string_view arguments;

  /// Total: any line has a verb, if only an empty one. The views look into `line`.
  static CommandLine split(std::string_view line);
};

/// EHLO's and HELO's argument, RFC 5321 4.1.1.1.
struct Hello {
  std::string name;  ///< a Domain or an address literal, as given

  /// Only what could be a host's name or literal: letters, digits and "._-:[]", at most 255. What clients call
  /// themselves is seldom right, so more is not asked.
  static Result<Hello> parse(std::string_view arguments);
  std::string print(bool is_extended) const { return (is_extended ? "EHLO " : "HELO ") + name; }

  friend bool operator==(const Hello&, const Hello&) = default;
};

/// "MAIL FROM:" Reverse-path [SP Mail-parameters], RFC 5321 4.1.1.2. Spaces before the path are let through, as some
/// clients send one.
struct Mail {
  ReversePath from;
  Parameters parameters;

  static Result<Mail> parse(std::string_view arguments);
  std::string print() const { return "MAIL FROM:" + from.text() + print_parameters(parameters); }

  friend bool operator==(const Mail&, const Mail&) = default;
};

/// "RCPT TO:" Forward-path [SP Rcpt-parameters], RFC 5321 4.1.1.3.
struct Rcpt {
  ForwardPath to;
  Parameters parameters;

  static Result<Rcpt> parse(std::string_view arguments);
  std::string print() const { return "RCPT TO:" + to.text() + print_parameters(parameters); }

  friend bool operator==(const Rcpt&, const Rcpt&) = default;
};

/// "BDAT" SP chunk-size [SP "LAST"], RFC 3030 2.
struct Bdat {
  std::uint64_t size = 0;  ///< octets that follow the command
  bool is_last = false;

  static Result<Bdat> parse(std::string_view arguments);
  std::string print() const { return "BDAT " + std::to_string(size) + (is_last ? " LAST" : ""); }

  friend bool operator==(const Bdat&, const Bdat&) = default;
};

/// "AUTH" SP mechanism [SP initial-response], RFC 4954 4.
struct Auth {
  std::string mechanism;                        ///< in upper case
  std::optional<std::string> initial_response;  ///< still in base64; "=" for an empty one

  static Result<Auth> parse(std::string_view arguments);
  std::string print() const { return "AUTH " + mechanism + (initial_response ? ' ' + *initial_response : ""); }

  friend bool operator==(const Auth&, const Auth&) = default;
};

}  // namespace posthorn::smtp
