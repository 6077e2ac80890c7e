#include "http/client.h"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "http/url.h"
#include "net/connect.h"

namespace posthorn::http {
namespace {

namespace beast = boost::beast::http;
using Parser = beast::response_parser<beast::string_body>;

constexpr std::uint32_t kLongestHeader = 32 * 1024;
constexpr std::size_t kPiece = 16 * 1024;
constexpr int kMostInterim = 10;

struct Answer {
  ClientResponse response;
  std::string location;  ///< of a redirection
};

std::string print(const ClientRequest& request, const Url& url) {
  std::string out = request.method + " " + url.target + " HTTP/1.1\r\nHost: " + url.host_field() +
                    "\r\nConnection: close\r\nUser-Agent: Posthorn\r\n";
  for (const auto& [name, value] : request.fields) out.append(name).append(": ").append(value).append("\r\n");
  if (!request.body.empty()) out += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  return out + "\r\n" + request.body;
}

Error unavailable(const Url& url, const std::string& why) {
  return {Code::unavailable, "cannot ask " + url.host_field() + ": " + why};
}

Error error_of(const Url& url, const boost::system::error_code& error) {
  if (error == beast::error::body_limit) return {Code::too_big, url.host_field() + " answers with too much"};
  return unavailable(url, "it does not speak HTTP (" + error.message() + ")");
}

// Gives the parser what there is; what it has not taken stays in `input`.
Result<void> parse(Parser* parser, std::string* input, const Url& url) {
  while (!parser->is_done() && !input->empty()) {
    boost::system::error_code error;
    const std::size_t taken = parser->put(boost::asio::buffer(*input), error);
    input->erase(0, taken);
    if (error == beast::error::need_more) break;
    if (error) return std::unexpected(error_of(url, error));
    if (taken == 0) break;
  }
  return {};
}

// One response, whole or failed; what comes behind it stays in `input`.
Task<Result<void>> read(net::Stream* stream, Parser* parser, std::string* input, const Url* url) {
  char piece[kPiece];
  while (true) {
    if (const auto done = parse(parser, input, *url); !done || parser->is_done()) co_return done;
    const std::size_t got = co_await stream->read_some(piece, sizeof piece);
    input->append(piece, got);
    if (got != 0) continue;
    boost::system::error_code error;
    if (parser->got_some()) parser->put_eof(error);
    if (error || !parser->is_done()) co_return std::unexpected(unavailable(*url, "it hangs up"));
    co_return Result<void>();
  }
}

Task<Result<Answer>> exchange(net::Stream* stream, std::string request, const Url* url, std::size_t longest_body,
                              bool is_head) {
  co_await stream->write(std::move(request));
  std::string input;
  for (int interim = 0; interim <= kMostInterim; ++interim) {
    Parser parser;
    parser.eager(true);
    parser.skip(is_head);
    parser.header_limit(kLongestHeader);
    parser.body_limit(longest_body);
    if (const auto done = co_await read(stream, &parser, &input, url); !done) co_return fail(done);
    auto message = parser.release();
    // RFC 9110 15.2: interim responses may come unasked.
    if (message.result_int() / 100 == 1) continue;
    Answer answer{{message.result_int(), std::move(message.body())}, {}};
    if (message.result_int() / 100 == 3) answer.location = message[beast::field::location];
    co_return answer;
  }
  co_return std::unexpected(unavailable(*url, "it does not come to its answer"));
}

bool is_redirection(const Answer& answer) {
  const auto status = answer.response.status;
  return !answer.location.empty() &&
         (status == 301 || status == 302 || status == 303 || status == 307 || status == 308);
}

// RFC 9110 10.2.2: Location may leave out what is the same.
Result<Url> next_url(const Url& url, const std::string& location) {
  if (location.starts_with("//")) return Url::parse((url.is_https ? "https:" : "http:") + location);
  if (!location.starts_with('/')) return Url::parse(location);
  Url next = url;
  next.target = location;
  return Url::parse(next.text());
}

Task<Result<Answer>> ask_once(const ClientRequest* request, const Url* url, std::shared_ptr<const net::TlsContext> tls,
                              net::Offload* offload, SteadyTime deadline, std::size_t longest_body) {
  try {
    const auto stream = co_await net::connect_to(url->host, url->port, offload, deadline);
    stream->set_deadline(deadline);
    if (url->is_https) co_await stream->start_tls_client(std::move(tls), url->host);
    co_return co_await exchange(stream.get(), print(*request, *url), url, longest_body, request->method == "HEAD");
  } catch (const net::Lost& lost) {
    if (lost.code() == Code::cancelled) throw;
    co_return std::unexpected(unavailable(*url, lost.what()));
  }
}

}  // namespace

Task<Result<ClientResponse>> Client::ask(ClientRequest request, ClientLimits limits) const {
  const SteadyTime deadline = steady_now() + limits.whole;
  auto url = Url::parse(request.url);
  if (!url) co_return fail(url);
  for (int redirections = 0;; ++redirections) {
    const Url at = *url;
    auto answer = co_await ask_once(&request, &at, tls_, offload_, deadline, limits.body);
    if (!answer) co_return fail(answer);
    if (request.method != "GET" || !is_redirection(*answer)) co_return std::move(answer->response);
    url = next_url(at, answer->location);
    if (!url || redirections > 0 || (at.is_https && !url->is_https))
      co_return fail(Code::not_supported, at.host_field() + " sends us elsewhere too often, or nowhere safe");
    // What was for the first server alone (RFC 9110 15.4).
    if (url->host != at.host || url->port != at.port) request.fields.clear();
  }
}

}  // namespace posthorn::http
