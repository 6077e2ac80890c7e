// Verifier: who decides whether a proof of identity is right, whatever mechanism brought it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "codec/digest.h"
#include "net/stream.h"
#include "net/task.h"
#include "sasl/scram_keys.h"

namespace posthorn::sasl {

using net::Task;

/// What somebody logs in to.
enum class Service { smtp, imap, pop3, managesieve, http };

/// "smtp", "imap" ..., for logs and for scopes of credentials.
std::string_view name_of(Service service);

/// From where and to what somebody logs in: a connection as it is at that moment (TLS may begin later).
struct Origin {
  Service service = Service::imap;
  net::IpAddress peer = {};
  std::string session = {};  ///< the session's id in the log
  bool is_encrypted = false;
  /// Addresses of the client's certificate, which was verified (net::TlsInfo::client_addresses).
  std::vector<std::string> certificate_addresses = {};
  /// The channel's data, "" where there is none of that kind; null in the clear. Usable while the stream lives.
  std::function<std::string(net::ChannelBinding)> channel_binding = nullptr;

  /// `stream` must outlive it.
  static Origin of(const net::Stream& stream, Service service, std::string session);
  /// Whether any kind of channel binding is there.
  bool has_channel_binding() const;
};

/// Who somebody has proved to be.
struct Identity {
  std::string user;             ///< acts as this user (the authorization identity), as the directory names it
  std::string credential = "";  ///< "" for the account's own password, else the name of the app password
};

/// A kind of proof. Those that a Verifier does not take are not offered.
enum class Proof { password, scram_sha_1, scram_sha_256, certificate, token };

/// Decides whether credentials are right. Answers Code::bad_credentials, Code::denied (right, but not for this
/// authorization identity or service), or a temporary code where nothing can be known now: a server that cannot be
/// asked is no wrong password.
///
/// `authorization` is "" for "as myself". Each function must take equally long for unknown users and wrong proofs.
/// Whoever takes passwords alone overrides verify_password() and nothing else.
class Verifier {
 public:
  virtual ~Verifier() = default;

  /// A SCRAM kind is to be taken only where the accounts have keys for it: clients choose it first, and fail with it
  /// for whom there are none.
  virtual bool takes(Proof proof) const { return proof == Proof::password; }

  virtual Task<Result<Identity>> verify_password(Origin origin, std::string authorization, std::string user,
                                                 std::string password) = 0;

  /// What is stored for `user`. For a user who is not there, or has no such keys: made_up_keys() (scram_keys.h), so
  /// that nobody learns who exists. Errors: temporary ones, and denied for an origin that may not try (again).
  virtual Task<Result<ScramKeys>> scram_keys(Origin origin, std::string user, codec::Hash hash);
  /// The exchange is over: which password `user` has proved to know, as ScramKeys::credential names it; none with
  /// made-up keys. Nothing tells two wrong passwords apart: a wrong proof is noise, and another one each time.
  virtual Task<Result<Identity>> conclude_scram(Origin origin, std::string authorization, std::string user,
                                                std::optional<std::string> proved);

  /// EXTERNAL: whoever has one of origin.certificate_addresses.
  virtual Task<Result<Identity>> verify_certificate(Origin origin, std::string authorization);

  /// OAUTHBEARER, XOAUTH2: a bearer token (RFC 6750).
  virtual Task<Result<Identity>> verify_token(Origin origin, std::string authorization, std::string token);
  /// Where clients learn how to get tokens (RFC 7628 3.2.2), an https URL; "" for nowhere.
  virtual std::string openid_configuration() const { return ""; }
};

}  // namespace posthorn::sasl
