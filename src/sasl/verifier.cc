#include "sasl/verifier.h"

namespace posthorn::sasl {
namespace {

std::unexpected<Error> not_taken() { return fail(Code::not_supported, "This kind of login is not offered here"); }

}  // namespace

std::string_view name_of(Service service) {
  switch (service) {
    case Service::smtp: return "smtp";
    case Service::imap: return "imap";
    case Service::pop3: return "pop3";
    case Service::managesieve: return "managesieve";
    case Service::http: return "http";
  }
  return "unknown";
}

Origin Origin::of(const net::Stream& stream, Service service, std::string session) {
  Origin origin{.service = service, .peer = stream.peer().ip, .session = std::move(session)};
  if (stream.tls() == nullptr) return origin;
  origin.is_encrypted = true;
  origin.certificate_addresses = stream.tls()->client_addresses;
  origin.channel_binding = [&stream](net::ChannelBinding kind) { return stream.channel_binding(kind); };
  return origin;
}

bool Origin::has_channel_binding() const {
  if (!channel_binding) return false;
  for (const auto kind : net::kChannelBindings)
    if (!channel_binding(kind).empty()) return true;
  return false;
}

Task<Result<ScramKeys>> Verifier::scram_keys(Origin, std::string, codec::Hash) { co_return not_taken(); }

Task<Result<Identity>> Verifier::conclude_scram(Origin, std::string, std::string, std::optional<std::string>) {
  co_return not_taken();
}

Task<Result<Identity>> Verifier::verify_certificate(Origin, std::string) { co_return not_taken(); }

Task<Result<Identity>> Verifier::verify_token(Origin, std::string, std::string) { co_return not_taken(); }

}  // namespace posthorn::sasl
