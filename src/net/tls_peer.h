// What the certificates of a session say, for tls_session.cc.
#pragma once

#include <string>
#include <vector>

struct ssl_st;

namespace posthorn::net {

/// tls-server-end-point (RFC 5929 4.1), "" where it is not defined.
std::string tls_server_end_point(const ssl_st* ssl, bool is_server);

/// TlsInfo::client_addresses; none for a certificate that was not verified.
std::vector<std::string> tls_client_addresses(const ssl_st* ssl);

}  // namespace posthorn::net
