// AUTHENTICATE, RFC 9051 6.2.2, with the initial response of RFC 4959.
#include "codec/base64.h"
#include "imap/commands/commands.h"
#include "imap/commands/logging_in.h"
#include "imap/server/error_table.h"
#include "imap/server/session.h"
#include "imap/syntax/command_args.h"
#include "sasl/exchange.h"

namespace posthorn::imap::commands {
namespace {

/// As for SMTP (RFC 4954 4), with the CRLF taken off.
constexpr std::size_t kLongestResponse = 12286;

// The next response, decoded, or the reply that ends the exchange.
net::Task<std::expected<std::string, Reply>> ask(Session* session, std::string challenge) {
  co_await session->send_continuation(codec::base64_encode(challenge));
  const net::Line line = co_await session->read_response(session->config().login_timeout);
  if (line.end == net::Line::End::too_long || line.text.size() > kLongestResponse)
    co_return std::unexpected(Reply::bad("The response is too long"));
  if (line.text == "*") co_return std::unexpected(Reply::bad("Authentication cancelled"));
  auto response = codec::base64_decode(line.text);
  if (!response) co_return std::unexpected(Reply::bad("The response is not base64"));
  co_return std::move(*response);
}

net::Task<Reply> run(Session* session, sasl::ServerMechanism* mechanism, AuthenticateArgs args) {
  std::optional<std::string> initial;
  if (args.initial_response) {
    auto decoded = codec::base64_decode(*args.initial_response);
    if (!decoded) co_return Reply::bad("The initial response is not base64");
    initial = std::move(*decoded);
  }
  auto ended = co_await sasl::exchange(mechanism, std::move(initial), session, ask);
  if (auto* identity = std::get_if<sasl::Identity>(&ended))
    co_return co_await let_in(session, std::move(*identity), "AUTHENTICATE");
  if (auto* error = std::get_if<Error>(&ended)) co_return co_await turn_away(session, std::move(*error));
  co_return std::get<Reply>(std::move(ended));
}

}  // namespace

net::Task<Reply> authenticate(Session* session, Command command) {
  auto args = arguments<AuthenticateArgs>(command);
  if (!args) co_return reply_to(args.error());
  const auto mechanism = sasl::make_server_mechanism(args->mechanism, session->origin(), session->login()->verifier());
  if (!mechanism) co_return Reply{Condition::no, ResponseCode{"CANNOT"}, "Unknown mechanism"};
  co_return co_await run(session, mechanism.get(), std::move(*args));
}

}  // namespace posthorn::imap::commands
