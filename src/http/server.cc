#include "http/server.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <boost/beast/http/status.hpp>

#include "base/log.h"

namespace posthorn::http {
namespace {

constexpr std::size_t kPiece = 8 * 1024;

/// RFC 9110 5.6.7
std::string date_now() {
  const auto now = std::chrono::floor<std::chrono::seconds>(wall_now());
  return fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(std::chrono::system_clock::to_time_t(now)));
}

std::string print(const Response& response, bool is_head, bool keeps_alive) {
  std::string out = fmt::format(
      "HTTP/1.1 {} {}\r\nDate: {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: {}\r\n"
      "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n",
      response.status, reason_of(response.status), date_now(), response.content_type, response.body.size(),
      keeps_alive ? "keep-alive" : "close");
  for (const auto& [name, value] : response.fields) out.append(name).append(": ").append(value).append("\r\n");
  out += "\r\n";
  return is_head ? out : out + response.body;
}

/// What came, or why there is no request: an answer to be given, or nullopt at the connection's end.
using Read = std::expected<Request, std::optional<BadRequest>>;

class Connection {
 public:
  Connection(net::Stream* stream, const ServerConfig* config, const Answer* answer)
      : stream_(stream), config_(config), answer_(answer) {}

  Task<> run() {
    for (unsigned served = 1;; ++served) {
      auto read = co_await read_request();
      if (!read && !read.error()) co_return;
      if (!read) {
        co_await send({read.error()->status, "text/plain; charset=utf-8", read.error()->text + "\n"}, false, false);
        co_return;
      }
      const bool is_head = read->method == "HEAD";
      const bool goes_on = read->keeps_alive && served < config_->most_requests && !stream_->is_asked_to_end();
      if (is_head) read->method = "GET";
      co_await send(co_await answer_to(std::move(*read)), is_head, goes_on);
      if (!goes_on) co_return;
    }
  }

 private:
  Task<Read> read_request() {
    RequestParser parser(config_->limits);
    stream_->set_timeout(config_->idle_timeout);
    bool is_timed = false;
    char piece[kPiece];
    while (true) {
      auto got = parser.feed(input_);
      if (!got) co_return std::unexpected(std::optional(std::move(got.error())));
      if (*got) co_return std::move(**got);
      // One deadline for the whole: who sends a byte now and then does not move it.
      if (parser.has_begun() && !std::exchange(is_timed, true)) stream_->set_timeout(config_->request_timeout);
      const std::size_t n = stream_->try_read(piece, sizeof piece);
      if (n == 0) co_return std::unexpected(std::nullopt);
      if (n != net::Stream::kWouldBlock) {
        input_.append(piece, n);
        continue;
      }
      co_await stream_->wait_readable();
      if (stream_->is_asked_to_end()) co_return std::unexpected(std::nullopt);
    }
  }

  Task<Response> answer_to(Request request) {
    try {
      co_return co_await (*answer_)(std::move(request));
    } catch (...) {
      const net::Ending ending = net::why_ended();
      if (!ending.is_bug) throw;
      log::Line(log::error, "http", "request.bug").with("why", ending.text);
    }
    co_return Response{500, "text/plain; charset=utf-8", "Internal error\n"};
  }

  Task<> send(Response response, bool is_head, bool keeps_alive) {
    stream_->set_timeout(config_->answer_timeout);
    co_await stream_->write(print(response, is_head, keeps_alive));
  }

  net::Stream* stream_;
  const ServerConfig* config_;
  const Answer* answer_;
  std::string input_;
};

}  // namespace

Task<> serve(net::Stream* stream, const ServerConfig* config, const Answer* answer) {
  Connection connection(stream, config, answer);
  try {
    co_await connection.run();
  } catch (...) {
    const net::Ending ending = net::why_ended();
    log::Line(ending.is_bug ? log::error : log::debug, "http", "connection.cut")
        .with("peer", stream->peer().text())
        .with("why", ending.text);
  }
  co_await stream->finish();
}

std::string_view reason_of(unsigned status) {
  return boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(status));
}

}  // namespace posthorn::http
