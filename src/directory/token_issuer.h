// Bearer tokens of the OpenID provider that issues them for this server: who a token is of.
//
// A signed token (RFC 7519, RFC 9068) is verified by the issuer's public keys, as RFC 8725 3.8 and 3.9 ask: its
// configuration is looked up (OpenID Connect Discovery 1.0 4, after which RFC 8414 was made), the keys are kept for an
// hour, and asked for anew when a token names one that is not known, at most once a minute. Other tokens, or all where
// introspection_url is set, are shown to the issuer (RFC 7662).
//
// Invariant: an issuer that cannot be asked is Code::unavailable, never a wrong token.
// Threads: any.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "codec/jwt.h"
#include "http/client.h"
#include "net/task.h"

namespace posthorn::directory {

struct TokenIssuerOptions {
  std::string issuer = "";             ///< an https URL, exactly as in `iss`; "" with introspection_url alone
  std::string audience = "";           ///< must be among `aud`
  std::string user_claim = "email";    ///< whose value is the account's address
  std::string client_id = "";          ///< ours, for introspection
  std::string client_secret = "";      ///< the same; where there is one, HS256 and its kin are taken as well
  std::string introspection_url = "";  ///< "": as discovered
  friend bool operator==(const TokenIssuerOptions&, const TokenIssuerOptions&) = default;
};

/// Of a token that is good.
struct TokenClaims {
  std::string user;     ///< the value of user_claim
  std::string subject;  ///< `sub`, "" for none
  std::string client;   ///< `azp` or `client_id`: the program that got the token; "" for none
};

class TokenIssuer {
 public:
  /// `tls` verifies the issuer; `offload` resolves names, and outlives it.
  TokenIssuer(TokenIssuerOptions options, std::shared_ptr<const net::TlsContext> tls, net::Offload* offload)
      : options_(std::move(options)), client_(std::move(tls), offload) {}

  /// Errors: bad_credentials, with the reason; unavailable. Takes as long as the issuer does, 10 seconds a question at
  /// most.
  net::Task<Result<TokenClaims>> verify(std::string token);

  /// Where the issuer's configuration is, "" without `issuer`.
  std::string openid_configuration() const;

 private:
  /// What the issuer publishes.
  struct Published {
    std::vector<codec::JsonWebKey> keys;
    std::string introspection_endpoint;
    SteadyTime fetched;
    bool has_key(const std::string& id) const;
  };
  using PublishedPtr = std::shared_ptr<const Published>;
  class Fetching;

  net::Task<Result<TokenClaims>> verify_signed(codec::JsonWebToken token);
  net::Task<Result<TokenClaims>> introspect(std::string url, std::string token);
  Result<TokenClaims> introspected(const std::string& body) const;
  Result<TokenClaims> claims_of(const codec::JsonObject& claims) const;

  net::Task<Result<PublishedPtr>> published(std::string key_id);
  net::Task<void> await_fetch();
  net::Task<void> fetch();
  net::Task<Result<Published>> discover() const;
  net::Task<Result<codec::JsonObject>> get(std::string url) const;

  struct Remembered {
    TokenClaims claims;
    SteadyTime until;
  };
  std::optional<TokenClaims> recall(const std::string& digest);
  void remember(const std::string& digest, const TokenClaims& claims);

  const TokenIssuerOptions options_;
  const http::Client client_;

  std::mutex mutex_;
  PublishedPtr published_;  ///< null until it was fetched
  bool is_fetching_ = false;
  std::vector<net::Completion<bool>> waiting_;  ///< for the fetch that is under way
  std::optional<SteadyTime> tried_;             ///< when the last fetch ended
  std::string failure_;                         ///< of the last fetch, "" after a good one
  std::map<std::string, Remembered> introspected_;
};

}  // namespace posthorn::directory
