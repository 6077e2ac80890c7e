// Which mechanism to log in with at another server.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "sasl/mechanism.h"

namespace posthorn::sasl {

/// What a client has to log in with; "" for what it has not.
struct ClientCredentials {
  std::string authorization = "";
  std::string user;
  std::string password = "";
  std::string token = "";        ///< a bearer token: goes before the password
  bool has_certificate = false;  ///< was presented in the TLS handshake: goes before both
};

/// The best mechanism among those `offered` (in any case, as announced) that these credentials and the connection
/// serve; null if none does. In the clear nothing is sent that a listener could use: SCRAM alone.
std::unique_ptr<ClientMechanism> make_client_mechanism(std::span<const std::string> offered,
                                                       const ClientCredentials& credentials, const net::Stream& stream);

}  // namespace posthorn::sasl
