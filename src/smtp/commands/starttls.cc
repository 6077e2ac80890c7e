// STARTTLS, RFC 3207.
#include "smtp/commands/commands.h"
#include "smtp/server/session.h"

namespace posthorn::smtp::commands {

net::Task<Reply> starttls(Session* session, std::string) {
  if (session->stream()->tls() != nullptr) co_return Reply{503, {5, 5, 1}, "TLS is already in use"};
  if (!session->can_start_tls()) co_return Reply{502, {5, 5, 1}, "TLS is not configured here"};
  co_await session->send({220, {2, 0, 0}, "Ready to start TLS"});
  // RFC 3207 4.2: what was sent behind STARTTLS came in the clear, and perhaps from another.
  session->reader().drop_buffered();
  session->stream()->set_timeout(session->config().handshake_timeout);
  co_await session->stream()->start_tls_server(session->config().tls->get());
  session->forget_hello();
  co_return Reply{};
}

}  // namespace posthorn::smtp::commands
