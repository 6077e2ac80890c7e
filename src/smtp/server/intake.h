// Intake: all that an SMTP server asks of its owner. Port 25, submission and LMTP are different owners, in mta/.
//
// The session keeps the protocol: order, syntax, limits of the listener. The owner decides: may this peer, sender,
// recipient, message? It answers with Errors, which error_table.h turns into replies.
//
// Calls come in this order, one at a time: connect, then for each message mail, rcpt..., data, body..., end or reset.
// reset() may come at any time after mail(); a session that is lost ends by the destructor alone.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/stream.h"
#include "net/task.h"
#include "sasl/mechanism.h"
#include "smtp/server/config.h"
#include "smtp/syntax/parameters.h"
#include "smtp/syntax/path.h"

namespace posthorn::smtp {

using net::Task;

/// What the session knows of its peer. Lives as long as the session and changes as it learns more.
struct SessionInfo {
  std::string id;  ///< in every line of the log
  Service service = Service::relay;
  net::Endpoint peer, local;
  std::string hello;         ///< as the peer named itself, "" before EHLO: letters, digits and "._-:[]" only
  bool is_extended = false;  ///< EHLO rather than HELO
  bool is_utf8 = false;      ///< the present message came with SMTPUTF8 (RFC 6531 3.4)
  const net::TlsInfo* tls = nullptr;
  std::string user;        ///< authenticated as, "" if not
  std::string credential;  ///< by which app password, "" for the account's own proof

  /// What Received says in its `with` clause (RFC 3848, RFC 6531 4.3): "SMTP", "ESMTP", "LMTP", "UTF8SMTP",
  /// "UTF8LMTP", all but the first perhaps with an S for TLS and an A for AUTH behind it, in this order.
  std::string protocol() const;
};

/// What became of a message that was taken.
struct Receipt {
  std::string text;  ///< goes behind "250 2.0.0 "
  /// LMTP: what became of it for each recipient that RCPT accepted, in that order. Empty: all have it.
  std::vector<Result<void>> recipients = {};
};

class Intake {
 public:
  virtual ~Intake() = default;

  /// Before the greeting. An error refuses the connection: 421 if it is temporary, else 554.
  virtual Task<Result<void>> connect() = 0;
  virtual Task<Result<void>> mail(ReversePath from, MailParameters parameters) = 0;
  virtual Task<Result<void>> rcpt(ForwardPath to, RcptParameters parameters) = 0;
  /// The message comes next; an error refuses it before 354.
  virtual Task<Result<void>> data() = 0;
  /// Bytes of the message, without its dots, in order; valid during the call. False: it has enough, and drained() is
  /// awaited before the next. After a failure of its own it takes and drops bytes, and end() says why.
  virtual bool body(std::string_view bytes) = 0;
  virtual Task<> drained() = 0;
  /// The message is whole. Success means that it is on disk, for all recipients but those that the Receipt excepts.
  virtual Task<Result<Receipt>> end() = 0;
  /// Forgets the transaction.
  virtual void reset() = 0;
  /// Who decides about AUTH; null where Config::offers_auth is false.
  virtual sasl::Verifier* verifier() = 0;
};

/// Makes a session's intake; `info` outlives it.
using MakeIntake = std::function<std::unique_ptr<Intake>(const SessionInfo* info)>;

}  // namespace posthorn::smtp
