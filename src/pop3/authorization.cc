// The commands of the AUTHORIZATION state: USER and PASS (RFC 1939 7), AUTH (RFC 5034), STLS (RFC 2595 4), UTF8
// (RFC 6856 2).
#include <fmt/format.h>

#include "base/log.h"
#include "codec/base64.h"
#include "net/timer.h"
#include "pop3/commands.h"
#include "pop3/error_table.h"
#include "pop3/session.h"
#include "sasl/exchange.h"

namespace posthorn::pop3::commands {
namespace {

net::Task<Reply> turn_away(Session* session, Error error) {
  log::Line(log::info, "pop3", "login.refused").with("session", session->id()).with("why", name_of(error.code));
  if (session->config().failed_login_pause > Duration(0)) co_await net::sleep_for(session->config().failed_login_pause);
  if (!session->count_login_failure()) session->end_after_reply();
  co_return reply_to(error);
}

/// Locks and opens the maildrop, and tells what is in it.
net::Task<Reply> let_in(Session* session, sasl::Identity identity) {
  auto opened = co_await session->backend().login->open(identity.user);
  if (!opened) {
    log::Line(log::warning, "pop3", "login.no_account")
        .with("session", session->id())
        .with("user", identity.user)
        .with("why", opened.error().text);
    co_return reply_to(opened.error());
  }
  const AccountId id = opened->account->id();
  auto* locks = session->backend().locks;
  auto lock = locks->take(id, session->config().lock_patience);
  if (!lock) co_return Reply{false, "IN-USE", "Another session has the maildrop"};
  if (!locks->may_log_in(id, session->config().login_delay))
    co_return Reply{false, "LOGIN-DELAY", "Too soon after the last login"};
  auto maildrop = Maildrop::open(session->backend().mailstore, std::move(*opened), session->user_names().is_recent());
  if (!maildrop) co_return reply_to(maildrop.error());
  if (const auto expired = co_await (*maildrop)->expire(); !expired) co_return reply_to(expired.error());
  const auto figures = co_await (*maildrop)->count();
  if (!figures) co_return reply_to(figures.error());
  session->log_in(identity, std::move(*maildrop), std::move(lock));
  co_return Reply::ok(fmt::format("{} messages, {} octets", figures->messages, figures->octets));
}

/// The next response, decoded, or the reply that ends the exchange.
net::Task<std::expected<std::string, Reply>> ask(Session* session, std::string challenge) {
  const net::Line line = co_await session->ask(codec::base64_encode(challenge));
  if (line.end == net::Line::End::too_long) co_return std::unexpected(Reply::error("The response is too long"));
  if (line.text == "*") co_return std::unexpected(Reply::error("Authentication cancelled"));
  auto response = codec::base64_decode(line.text);
  if (!response) co_return std::unexpected(Reply::error("The response is not base64"));
  co_return std::move(*response);
}

net::Task<Reply> run(Session* session, sasl::ServerMechanism* mechanism, AuthArgs args) {
  std::optional<std::string> initial;
  if (args.initial_response) {
    auto decoded = codec::base64_decode(*args.initial_response);
    if (!decoded) co_return Reply::error("The initial response is not base64");
    initial = std::move(*decoded);
  }
  auto ended = co_await sasl::exchange(mechanism, std::move(initial), session, ask);
  if (auto* identity = std::get_if<sasl::Identity>(&ended)) co_return co_await let_in(session, std::move(*identity));
  if (auto* error = std::get_if<Error>(&ended)) co_return co_await turn_away(session, std::move(*error));
  co_return std::get<Reply>(std::move(ended));
}

}  // namespace

Outcome stls(Session* session, std::string) {
  if (!session->can_start_tls())
    co_return Reply::error(session->stream()->tls() != nullptr ? "TLS is there already" : "There is no TLS here");
  // RFC 6856 2.1: UTF8 comes behind STLS.
  if (session->has_utf8()) co_return Reply::error("STLS comes before UTF8");
  session->start_tls_after_reply();
  co_return Reply::ok("Begin TLS now");
}

Outcome utf8(Session* session, std::string) {
  session->enable_utf8();
  co_return Reply::ok("UTF8 enabled");
}

Outcome user(Session* session, std::string name) {
  session->user() = std::move(name);
  // Whether there is such a user shows only together with the password.
  co_return Reply::ok("Now the password");
}

Outcome pass(Session* session, std::string password) {
  std::string name = std::exchange(session->user(), "");
  if (name.empty()) co_return Reply::error("Say USER first");
  auto identity =
      co_await session->user_names().verify_password(session->origin(), "", std::move(name), std::move(password));
  if (!identity) co_return co_await turn_away(session, identity.error());
  co_return co_await let_in(session, std::move(*identity));
}

Outcome auth(Session* session, std::string arguments) {
  if (arguments.empty()) {
    // Outlook Express and Eudora ask so what there is.
    session->out() += "+OK Mechanisms follow\r\n";
    for (const auto name : sasl::server_mechanisms(session->origin(), session->user_names()))
      session->out().append(name).append("\r\n");
    session->out() += ".\r\n";
    co_return std::nullopt;
  }
  auto args = AuthArgs::parse(arguments);
  if (!args) co_return Reply::error(args.error().text);
  const auto mechanism = sasl::make_server_mechanism(args->mechanism, session->origin(), &session->user_names());
  if (!mechanism) co_return Reply::error("Unknown mechanism");
  co_return co_await run(session, mechanism.get(), std::move(*args));
}

}  // namespace posthorn::pop3::commands
