#include "sasl/client.h"

#include <algorithm>

#include "base/text.h"
#include "sasl/external.h"
#include "sasl/login.h"
#include "sasl/oauth.h"
#include "sasl/scram.h"

namespace posthorn::sasl {
namespace {

using Made = std::unique_ptr<ClientMechanism>;

class Choice {
 public:
  Choice(std::span<const std::string> offered, const ClientCredentials& credentials, const net::Stream& stream)
      : offered_(offered), credentials_(credentials), stream_(stream) {}

  Made best() const {
    if (stream_.tls() != nullptr && credentials_.has_certificate && has("EXTERNAL"))
      return std::make_unique<ExternalClient>(credentials_.authorization);
    if (!credentials_.token.empty()) return by_token();
    return credentials_.password.empty() ? nullptr : by_password();
  }

 private:
  bool has(std::string_view name) const {
    return std::ranges::any_of(offered_, [name](const std::string& other) { return iequals(name, other); });
  }
  PlainMessage message() const { return {credentials_.authorization, credentials_.user, credentials_.password}; }

  Made scram(codec::Hash hash, const std::string& name) const {
    std::function<std::string(net::ChannelBinding)> channel;
    if (stream_.tls() != nullptr) channel = [this](net::ChannelBinding kind) { return stream_.channel_binding(kind); };
    const bool is_plus = has(name + "-PLUS") && ScramBinding::choose(true, channel).flag == Gs2Header::Flag::bound;
    if (!is_plus && !has(name)) return nullptr;
    // The server offers -PLUS, but of a kind that this channel does not have: that is no downgrade.
    auto binding = ScramBinding::choose(is_plus, channel);
    if (!is_plus && has(name + "-PLUS")) binding = {};
    return std::make_unique<ScramClient>(hash, message(), std::move(binding));
  }

  Made by_token() const {
    if (stream_.tls() == nullptr) return nullptr;
    for (const auto kind : {OAuthServer::Kind::oauthbearer, OAuthServer::Kind::xoauth2})
      if (auto made = std::make_unique<OAuthClient>(kind, credentials_.user, credentials_.token); has(made->name()))
        return made;
    return nullptr;
  }

  Made by_password() const {
    if (auto made = scram(codec::Hash::sha256, "SCRAM-SHA-256")) return made;
    if (auto made = scram(codec::Hash::sha1, "SCRAM-SHA-1")) return made;
    if (stream_.tls() == nullptr) return nullptr;
    if (has("PLAIN")) return std::make_unique<PlainClient>(message());
    if (has("LOGIN") && credentials_.authorization.empty())
      return std::make_unique<LoginClient>(credentials_.user, credentials_.password);
    return nullptr;
  }

  std::span<const std::string> offered_;
  const ClientCredentials& credentials_;
  const net::Stream& stream_;
};

}  // namespace

Made make_client_mechanism(std::span<const std::string> offered, const ClientCredentials& credentials,
                           const net::Stream& stream) {
  return Choice(offered, credentials, stream).best();
}

}  // namespace posthorn::sasl
