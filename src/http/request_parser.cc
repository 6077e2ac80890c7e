#include "http/request_parser.h"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "base/text.h"

namespace posthorn::http {
namespace {

namespace beast = boost::beast::http;
using Parser = beast::request_parser<beast::string_body>;
using Message = Parser::value_type;

BadRequest mistake(const boost::system::error_code& error) {
  if (error == beast::error::header_limit || error == beast::error::buffer_overflow)
    return {431, "the header is too large"};
  if (error == beast::error::body_limit) return {413, "the body is too large"};
  if (error == beast::error::bad_version) return {505, "this is HTTP/1.1"};
  return {400, error.message()};
}

/// RFC 9112 3.2.2: absolute-form stands for the path in it; its host is of no account here.
std::string_view origin_form(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!istarts_with(target, scheme)) continue;
    const auto slash = target.find_first_of("/?", scheme.size());
    return slash == std::string_view::npos ? "/" : target.substr(slash);
  }
  return target;
}

/// RFC 9112 3.2: a request of HTTP/1.1 has one Host.
bool has_good_host(const Message& message) {
  const auto hosts = message.count(beast::field::host);
  return hosts == 1 || (hosts == 0 && message.version() == 10);
}

std::expected<std::optional<Request>, BadRequest> request_of(Message message) {
  if (message.version() != 10 && message.version() != 11) return std::unexpected(BadRequest{505, "this is HTTP/1.1"});
  if (!has_good_host(message)) return std::unexpected(BadRequest{400, "one Host is needed"});
  const auto target = origin_form(message.target());
  if (target != "*" && !target.starts_with('/')) return std::unexpected(BadRequest{400, "a path is needed"});
  const auto question = target.find('?');
  Request request{.method = std::string(message.method_string()),
                  .path = std::string(target.substr(0, question)),
                  .query = question == std::string_view::npos ? "" : std::string(target.substr(question + 1)),
                  .body = "",
                  .keeps_alive = message.keep_alive()};
  request.body = std::move(message.body());
  return request;
}

}  // namespace

struct RequestParser::Parts {
  Parser parser;
};

RequestParser::RequestParser(const RequestLimits& limits) : parts_(std::make_unique<Parts>()) {
  parts_->parser.eager(true);
  parts_->parser.header_limit(limits.header);
  parts_->parser.body_limit(limits.body);
}
RequestParser::~RequestParser() = default;
RequestParser::RequestParser(RequestParser&&) noexcept = default;
RequestParser& RequestParser::operator=(RequestParser&&) noexcept = default;

std::expected<std::optional<Request>, BadRequest> RequestParser::feed(std::string& input) {
  auto& parser = parts_->parser;
  // RFC 9112 2.2: an empty line before the request is passed over.
  if (!has_begun_)
    while (input.starts_with("\r\n")) input.erase(0, 2);
  while (!parser.is_done() && !input.empty() && input != "\r") {
    has_begun_ = true;
    boost::system::error_code error;
    const std::size_t taken = parser.put(boost::asio::buffer(input), error);
    input.erase(0, taken);
    if (error == beast::error::need_more) break;
    if (error) return std::unexpected(mistake(error));
    if (taken == 0) break;
  }
  if (!parser.is_done()) return std::nullopt;
  return request_of(parser.release());
}

}  // namespace posthorn::http
