#include "sasl/mechanism.h"

#include <algorithm>

#include "base/text.h"
#include "sasl/external.h"
#include "sasl/login.h"
#include "sasl/oauth.h"
#include "sasl/plain.h"
#include "sasl/scram.h"

namespace posthorn::sasl {
namespace {

struct Row {
  std::string_view name;
  Proof proof;
  bool (*is_possible)(const Origin& origin);
  std::unique_ptr<ServerMechanism> (*make)(Origin origin, Verifier* verifier);
};

bool always(const Origin&) { return true; }
bool is_encrypted(const Origin& origin) { return origin.is_encrypted; }
bool has_binding(const Origin& origin) { return origin.has_channel_binding(); }
bool has_certificate(const Origin& origin) { return origin.is_encrypted && !origin.certificate_addresses.empty(); }

template <class Mechanism>
std::unique_ptr<ServerMechanism> make(Origin origin, Verifier* verifier) {
  return std::make_unique<Mechanism>(std::move(origin), verifier);
}

template <codec::Hash kHash, bool kIsPlus>
std::unique_ptr<ServerMechanism> make_scram(Origin origin, Verifier* verifier) {
  return std::make_unique<ScramServer>(kHash, kIsPlus, std::move(origin), verifier);
}

template <OAuthServer::Kind kKind>
std::unique_ptr<ServerMechanism> make_oauth(Origin origin, Verifier* verifier) {
  return std::make_unique<OAuthServer>(kKind, std::move(origin), verifier);
}

// Best first. PLAIN before LOGIN, as it takes one exchange less.
constexpr Row kRows[] = {
    {"SCRAM-SHA-256-PLUS", Proof::scram_sha_256, has_binding, make_scram<codec::Hash::sha256, true>},
    {"SCRAM-SHA-1-PLUS", Proof::scram_sha_1, has_binding, make_scram<codec::Hash::sha1, true>},
    {"SCRAM-SHA-256", Proof::scram_sha_256, always, make_scram<codec::Hash::sha256, false>},
    {"SCRAM-SHA-1", Proof::scram_sha_1, always, make_scram<codec::Hash::sha1, false>},
    {"EXTERNAL", Proof::certificate, has_certificate, make<ExternalServer>},
    {"OAUTHBEARER", Proof::token, is_encrypted, make_oauth<OAuthServer::Kind::oauthbearer>},
    {"XOAUTH2", Proof::token, is_encrypted, make_oauth<OAuthServer::Kind::xoauth2>},
    {"PLAIN", Proof::password, always, make<PlainServer>},
    {"LOGIN", Proof::password, always, make<LoginServer>},
};

bool is_offered(const Row& row, const Origin& origin, const Verifier& verifier) {
  return verifier.takes(row.proof) && row.is_possible(origin);
}

}  // namespace

std::vector<std::string_view> server_mechanisms(const Origin& origin, const Verifier& verifier) {
  std::vector<std::string_view> names;
  for (const Row& row : kRows)
    if (is_offered(row, origin, verifier)) names.push_back(row.name);
  return names;
}

std::unique_ptr<ServerMechanism> make_server_mechanism(std::string_view name, Origin origin, Verifier* verifier) {
  const auto row = std::ranges::find_if(kRows, [&](const Row& r) { return iequals(r.name, name); });
  if (row == std::end(kRows) || !is_offered(*row, origin, *verifier)) return nullptr;
  return row->make(std::move(origin), verifier);
}

}  // namespace posthorn::sasl
