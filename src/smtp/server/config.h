// What one SMTP listener is and allows.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "net/tls.h"

namespace posthorn::smtp {

enum class Service {
  relay,        ///< port 25: mail from other servers
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
  std::size_t longest_line = 4096;                   ///< bytes; RFC 5321 4.5.3.1.4 asks for 512 and more for parameters
  std::size_t most_recipients = 1000;                ///< a message; RFC 5321 4.5.3.1.8 asks for 100 at least
  unsigned most_errors = 20;                         ///< 5xx since the last accepted message, then 421
  unsigned most_auth_failures = 3;                   ///< then 421

  Duration command_timeout = std::chrono::minutes(5);  ///< RFC 5321 4.5.3.2.7
  Duration data_timeout = std::chrono::minutes(5);     ///< without a byte of the message
  Duration whole_data_timeout = std::chrono::hours(3);
  Duration handshake_timeout = std::chrono::minutes(1);

  bool requires_auth() const { return service != Service::relay; }
};

}  // namespace posthorn::smtp
