#include "posthorn/listeners.h"

#include "store/file_seam.h"

namespace posthorn::program {

namespace {

/// What keeps a port from being bound, as far as this store knows it.
std::unexpected<Error> explained(const Error& error, const std::filesystem::path& data) {
  const auto lock = data / "lock";
  std::error_code ignored;
  if (!std::filesystem::exists(lock, ignored)) return std::unexpected(error);
  const auto held = store::real_files().lock(lock.string());
  return std::unexpected(!held && held.error().code == Code::already_exists ? held.error() : error);
}

}  // namespace

Result<BoundListeners> bind_listeners(const Config& config) {
  const auto& listen = config.listen;
  const std::pair<const char*, const std::vector<net::Endpoint>*> kinds[] = {
      {"smtp", &listen.smtp}, {"lmtp", &listen.lmtp},   {"submission", &listen.submission},
      {"imap", &listen.imap}, {"imaps", &listen.imaps}, {"submissions", &listen.submissions},
      {"pop3", &listen.pop3}, {"pop3s", &listen.pop3s}, {"metrics", &listen.metrics}};
  BoundListeners bound;
  for (const auto& [key, endpoints] : kinds)
    for (const auto& endpoint : *endpoints) {
      auto socket = net::BoundSocket::bind(endpoint);
      if (!socket) return explained(socket.error(), config.data);
      bound[key].push_back(std::move(*socket));
    }
  return bound;
}

}  // namespace posthorn::program
