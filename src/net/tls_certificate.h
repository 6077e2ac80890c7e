// Makes certificates on the spot: the demo's own CA and its leaf, and those of tests.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace posthorn::net {

/// Both as PEM.
struct CertificateAndKey {
  std::string certificate;
  std::string key;
};

/// A self-signed CA with a P-256 key, valid from an hour ago until `valid` from now (by the real clock).
Result<CertificateAndKey> make_ca(const std::string& common_name, std::chrono::days valid);

/// A server's certificate for `names` (DNS names and IP addresses), signed by `ca`. Code::invalid if `ca` does not
/// parse.
Result<CertificateAndKey> make_certificate(const CertificateAndKey& ca, const std::vector<std::string>& names,
                                           std::chrono::days valid);
/// The same for a user with this address, to log in with.
Result<CertificateAndKey> make_client_certificate(const CertificateAndKey& ca, const std::string& address,
                                                  std::chrono::days valid);

}  // namespace posthorn::net
