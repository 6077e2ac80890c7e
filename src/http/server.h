// A server of HTTP/1.1 (RFC 9112) on one connection: requests one after another, each read whole, everything bounded.
//
// Threads: the stream's. `Answer` is called there and must not block.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "http/request_parser.h"
#include "net/stream.h"

namespace posthorn::http {

using net::Task;

struct Response {
  unsigned status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  std::vector<std::pair<std::string, std::string>> fields = {};  ///< others; no CR or LF in them
};

/// What is answered to a request. A plain function that returns a coroutine's task. HEAD is asked as GET, and its body
/// left out.
using Answer = std::function<Task<Response>(Request request)>;

struct ServerConfig {
  RequestLimits limits;
  unsigned most_requests = 1000;                        ///< of one connection
  Duration request_timeout = std::chrono::seconds(10);  ///< from a request's first byte to its last
  Duration answer_timeout = std::chrono::seconds(30);   ///< for an answer's bytes to be taken
  Duration idle_timeout = std::chrono::seconds(90);     ///< before a request; Prometheus asks once a minute or oftener
};

/// Ends when the peer does, or has to. The pointers outlive it.
Task<> serve(net::Stream* stream, const ServerConfig* config, const Answer* answer);

/// The reason phrase of a status (RFC 9110 15).
std::string_view reason_of(unsigned status);

}  // namespace posthorn::http
