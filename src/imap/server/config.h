// What one IMAP listener is and allows, and what its sessions ask of their owner.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "mailstore/mailstore.h"
#include "net/offload.h"
#include "net/tls.h"
#include "sasl/mechanism.h"

namespace posthorn::imap {

using net::Task;

struct Config {
  std::string hostname = "localhost";
  /// Null, or holding null: no TLS.
  const net::TlsCertificateSlot* tls = nullptr;
  /// TLS from the first byte: port 993 (RFC 8314 3.2).
  bool is_implicit_tls = false;
  /// Passwords may pass without TLS: only in the demo.
  bool allows_clear_login = false;

  std::uint64_t longest_message = 50 * 1024 * 1024;       ///< bytes of one APPEND
  std::size_t longest_command = 64 * 1024;                ///< bytes of all lines of a command
  std::size_t most_literals = 1024 * 1024;                ///< bytes of all literals of a command
  std::size_t most_literals_before_login = 8 * 1024;      ///< the same, while nobody has logged in
  std::uint64_t most_dropped = 512 * 1024 * 1024;         ///< bytes of refused `{n+}` that are read for order's sake
  std::uint64_t most_dropped_before_login = 64 * 1024;    ///< the same, while nobody has logged in
  unsigned most_bad_commands = 10;                        ///< BAD in a row (in all, before login), then BYE
  unsigned most_login_failures = 3;                       ///< then BYE
  Duration failed_login_pause = std::chrono::seconds(1);  ///< before a failed login is answered

  Duration login_timeout = std::chrono::minutes(3);    ///< for all that comes before login together
  Duration autologout = std::chrono::minutes(30);      ///< RFC 9051 5.4: not less
  Duration idle_timeout = std::chrono::minutes(30);    ///< of IDLE; RFC 2177 has clients renew it after 29
  Duration literal_timeout = std::chrono::minutes(5);  ///< without a byte in the midst of a command
  Duration write_timeout = std::chrono::minutes(5);    ///< a client that takes nothing
  Duration handshake_timeout = std::chrono::minutes(1);
  Duration search_progress = std::chrono::seconds(10);  ///< between signs of life of a long SEARCH
};

/// Who may log in, and to what.
class Login {
 public:
  virtual ~Login() = default;
  virtual sasl::Verifier* verifier() = 0;
  /// The account of a user that verifier() has let in. Errors: denied (no IMAP for this user), not_found, and
  /// the store's.
  virtual Task<Result<mailstore::AccountPtr>> open(std::string user) = 0;
};

/// What all sessions share; outlives them.
struct Backend {
  mailstore::Mailstore* mailstore;
  Login* login;
  net::Offload* searching;  ///< threads that open emails for SEARCH: what is long leaves those of the mailstore free
};

}  // namespace posthorn::imap
