// What one POP3 listener is and allows, and what its sessions ask of their owner.
#pragma once

#include <string>

#include "base/clock.h"
#include "mailstore/mailstore.h"
#include "net/tls.h"
#include "pop3/maildrop_locks.h"
#include "sasl/mechanism.h"

namespace posthorn::pop3 {

using net::Task;

struct Config {
  std::string hostname = "localhost";
  /// Null, or holding null: no TLS.
  const net::TlsCertificateSlot* tls = nullptr;
  /// TLS from the first byte: port 995 (RFC 8314 3.3).
  bool is_implicit_tls = false;
  /// Passwords may pass without TLS: only in the demo.
  bool allows_clear_login = false;
  /// Between two logins of one account (RFC 2449 6.5); 0: no such delay.
  Duration login_delay = Duration(0);

  unsigned most_bad_commands = 10;                        ///< then the session ends
  unsigned most_login_failures = 3;                       ///< the same
  Duration failed_login_pause = std::chrono::seconds(1);  ///< before a failed login is answered

  Duration login_timeout = std::chrono::minutes(3);  ///< for all that comes before login together
  Duration autologout = std::chrono::minutes(10);    ///< RFC 1939 3: not less
  Duration write_timeout = std::chrono::minutes(5);  ///< a client that takes nothing
  Duration handshake_timeout = std::chrono::minutes(1);
  /// Silence after which a session's maildrop goes to the next who logs in: it may be dead.
  Duration lock_patience = std::chrono::seconds(30);
};

/// What an account's owner wants POP3 to do.
struct Rules {
  enum class Dele { remove, archive, trash };

  Dele dele = Dele::remove;      ///< what becomes of a message that DELE names
  unsigned days_after_retr = 0;  ///< after which the same becomes of what was retrieved; 0: never (RFC 2449 6.7)
};

struct Opened {
  mailstore::AccountPtr account;
  Rules rules;
};

/// Who may log in, and to what.
class Login {
 public:
  virtual ~Login() = default;
  virtual sasl::Verifier* verifier() = 0;
  /// The account of a user whom the verifier has let in. Errors: denied (no POP3 for this user), not_found, and the
  /// store's.
  virtual Task<Result<Opened>> open(std::string user) = 0;
};

/// What all sessions share; outlives them.
struct Backend {
  mailstore::Mailstore* mailstore;
  Login* login;
  MaildropLocks* locks;
};

}  // namespace posthorn::pop3
