// Requests of HTTP/1.1 as they come in, byte for byte: synchronous, total, bounded. RFC 9110, RFC 9112.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"

namespace posthorn::http {

struct Request {
  std::string method;
  std::string path;   ///< of the target, as it was sent; begins with "/", or is "*"
  std::string query;  ///< what is behind "?"
  std::string body;
  bool keeps_alive = false;
};

/// Bytes.
struct RequestLimits {
  std::uint32_t header = 16 * 1024;
  std::uint64_t body = 0;
};

/// What is wrong with a request, as the status of its answer.
struct BadRequest {
  unsigned status = 400;
  std::string text;
};

class RequestParser {
 public:
  explicit RequestParser(const RequestLimits& limits);
  ~RequestParser();
  RequestParser(RequestParser&&) noexcept;
  RequestParser& operator=(RequestParser&&) noexcept;

  /// Takes from the front of `input` what belongs to the request. nullopt: there must come more. After a request or a
  /// mistake the parser is used up.
  std::expected<std::optional<Request>, BadRequest> feed(std::string& input);
  /// Whether any byte of the request has come.
  bool has_begun() const { return has_begun_; }

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
  bool has_begun_ = false;
};

}  // namespace posthorn::http
