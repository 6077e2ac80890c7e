// A client of HTTP/1.1 (RFC 9112) for the few questions that a mail server has: one request a connection, everything
// bounded.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "net/offload.h"
#include "net/tls.h"

namespace posthorn::http {

using net::Task;

struct ClientRequest {
  std::string method = "GET";
  std::string url;
  std::vector<std::pair<std::string, std::string>> fields = {};  ///< Host, Content-Length and Connection are added
  std::string body = "";
};

struct ClientResponse {
  unsigned status = 0;
  std::string body;
};

struct ClientLimits {
  Duration whole = std::chrono::seconds(10);
  std::size_t body = 1024 * 1024;  ///< bytes
};

class Client {
 public:
  /// `tls` verifies https servers. `offload` resolves names and outlives it.
  Client(std::shared_ptr<const net::TlsContext> tls, net::Offload* offload) : tls_(std::move(tls)), offload_(offload) {}

  /// The final response, whatever its status. A GET follows one redirection, not from https to http. Errors: syntax for
  /// the URL; not_supported for a redirection too many; unavailable, with the reason, for a server that does not answer
  /// as it should (in time); too_big for its body.
  Task<Result<ClientResponse>> ask(ClientRequest request, ClientLimits limits = {}) const;

 private:
  std::shared_ptr<const net::TlsContext> tls_;
  net::Offload* offload_;
};

}  // namespace posthorn::http
