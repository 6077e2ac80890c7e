// What one SMTP listener is and allows.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "net/tls.h"

namespace posthorn::smtp {

enum class Service {
  relay,        ///< port 25: mail from other servers
  lmtp,         ///< port 24: mail from a server that we trust, for accounts of this one (RFC 2033)
  submission,   ///< port 587: users' programs, STARTTLS (RFC 6409)
  submissions,  ///< port 465: the same, TLS from the first byte (RFC 8314 3.3)
};

struct Config {
  std::string hostname = "localhost";
  Service service = Service::relay;
  /// Null, or holding null: no TLS.
  const net::TlsCertificateSlot* tls = nullptr;
  bool offers_auth = false;
  /// Passwords may pass without TLS: only in the demo.
  bool allows_clear_auth = false;

  std::uint64_t longest_message = 50 * 1024 * 1024;  ///< bytes, announced by SIZE (RFC 1870)
  std::uint32_t most_hops = 100;                     ///< Received fields; RFC 5321 6.3 asks for 100 at least
  std::size_t longest_line = 4096;                   ///< bytes; RFC 5321 4.5.3.1.4 asks for 512 and more for parameters
  std::size_t most_recipients = 1000;                ///< a message; RFC 5321 4.5.3.1.8 asks for 100 at least
  std::size_t most_messages = 0;                     ///< begun in one session, then 421; 0: any number
  std::size_t most_dead_recipients = 1000;           ///< a message: refused ones beyond it count as errors
  unsigned most_errors = 20;                         ///< 5xx since the last accepted message, then 421
  unsigned most_auth_failures = 3;                   ///< then 421

  Duration command_timeout = std::chrono::minutes(5);  ///< RFC 5321 4.5.3.2.7
  Duration data_timeout = std::chrono::minutes(5);     ///< without a byte of the message
  Duration whole_data_timeout = std::chrono::hours(3);
  std::uint64_t least_bytes_a_second = 256;  ///< of a message, on average, beyond its first data_timeout
  Duration handshake_timeout = std::chrono::minutes(1);

  /// Bare CR, bare LF and NUL are repaired instead of refused: for old devices, at submission only.
  bool mends_lines = false;
  /// SCRAM-...-PLUS is offered. Programs built on GNU SASL without channel bindings (mutt and neomutt of Debian 12)
  /// choose it whatever else there is and then send nothing; with IMAP and POP3 they go on to another mechanism.
  bool binds_channels = false;

  bool is_submission() const { return service == Service::submission || service == Service::submissions; }
  bool is_lmtp() const { return service == Service::lmtp; }
  bool requires_auth() const { return is_submission(); }
};

}  // namespace posthorn::smtp
