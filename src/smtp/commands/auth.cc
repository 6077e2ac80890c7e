// AUTH, RFC 4954.
#include "base/log.h"
#include "codec/base64.h"
#include "sasl/exchange.h"
#include "smtp/commands/commands.h"
#include "smtp/server/error_table.h"
#include "smtp/server/session.h"
#include "smtp/syntax/command.h"

namespace posthorn::smtp::commands {
namespace {

/// RFC 4954 4: a line of the exchange may have 12288 bytes with its CRLF.
constexpr std::size_t kLongestResponse = 12286;

const Reply kBadBase64{501, {5, 5, 2}, "The response is not base64"};

// The next response, decoded, or the reply that ends the exchange.
net::Task<std::expected<std::string, Reply>> ask(Session* session, std::string challenge) {
  co_await session->send({334, {}, codec::base64_encode(challenge)});
  session->reader().set_longest(kLongestResponse);
  const net::Line line = co_await session->read_response();
  session->reader().set_longest(session->config().longest_line);
  if (line.end == net::Line::End::too_long) co_return std::unexpected(Reply{500, {5, 5, 6}, "Line too long"});
  if (line.end != net::Line::End::crlf) co_return std::unexpected(kBadBase64);
  if (line.text == "*") co_return std::unexpected(Reply{501, {5, 7, 0}, "Authentication cancelled"});
  auto response = codec::base64_decode(line.text);
  if (!response) co_return std::unexpected(kBadBase64);
  co_return std::move(*response);
}

Reply accept(Session* session, sasl::Identity identity, const std::string& mechanism) {
  log::Line(log::info, "smtp", "auth.accepted")
      .with("session", session->info().id)
      .with("user", identity.user)
      .with("credential", printable(identity.credential))
      .with("mechanism", mechanism);
  session->info().user = std::move(identity.user);
  session->info().credential = std::move(identity.credential);
  return {235, {2, 7, 0}, "Authentication succeeded"};
}

Reply refuse(Session* session, const Error& error) {
  log::Line(log::info, "smtp", "auth.refused")
      .with("session", session->info().id)
      .with("peer", session->info().peer.ip.text())
      .with("why", name_of(error.code))
      .with("text", error.text);
  if (session->count_auth_failure()) return reply_to(Phase::auth, error);
  session->end_after_reply();
  return {421, {4, 7, 0}, session->config().hostname + " Too many failed attempts, closing"};
}

net::Task<Reply> run(Session* session, sasl::ServerMechanism* mechanism, Auth auth) {
  std::optional<std::string> initial;
  if (auth.initial_response) {
    auto decoded = *auth.initial_response == "=" ? Result<std::string>() : codec::base64_decode(*auth.initial_response);
    if (!decoded) co_return kBadBase64;
    initial = std::move(*decoded);
  }
  auto ended = co_await sasl::exchange(mechanism, std::move(initial), session, ask);
  if (auto* identity = std::get_if<sasl::Identity>(&ended))
    co_return accept(session, std::move(*identity), auth.mechanism);
  if (const auto* error = std::get_if<Error>(&ended)) co_return refuse(session, *error);
  co_return std::get<Reply>(std::move(ended));
}

}  // namespace

net::Task<Reply> auth(Session* session, std::string arguments) {
  if (!session->config().offers_auth) co_return Reply{502, {5, 5, 1}, "AUTH is not offered here"};
  if (!session->can_authenticate()) co_return Reply{538, {5, 7, 11}, "Say STARTTLS first"};
  if (!session->info().user.empty()) co_return Reply{503, {5, 5, 1}, "Already authenticated"};
  auto auth = Auth::parse(arguments);
  if (!auth) co_return reply_to(Phase::any, auth.error());
  const auto mechanism = sasl::make_server_mechanism(auth->mechanism, session->origin(), session->intake()->verifier());
  if (!mechanism) co_return Reply{504, {5, 5, 4}, "Unknown mechanism"};
  co_return co_await run(session, mechanism.get(), std::move(*auth));
}

}  // namespace posthorn::smtp::commands
