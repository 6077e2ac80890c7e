#include "sasl/plain.h"

#include "base/text.h"
#include "codec/unicode.h"

namespace posthorn::sasl {
namespace {

constexpr std::size_t kLongestPart = 1020;

bool is_acceptable(std::string_view part) { return part.size() <= kLongestPart && codec::is_valid_utf8(part); }

}  // namespace

Result<PlainMessage> PlainMessage::parse(std::string_view bytes) {
  const auto parts = split(bytes, '\0');
  if (parts.size() != 3) return fail(Code::syntax, "PLAIN wants [authzid] NUL authcid NUL passwd");
  if (parts[1].empty() || parts[2].empty()) return fail(Code::syntax, "PLAIN wants a user name and a password");
  for (const auto part : parts)
    if (!is_acceptable(part)) return fail(Code::syntax, "PLAIN wants short UTF-8");
  return PlainMessage{std::string(parts[0]), std::string(parts[1]), std::string(parts[2])};
}

std::string PlainMessage::print() const {
  std::string out = authorization;
  out += '\0';
  out += user;
  out += '\0';
  return out += password;
}

Task<Step> PlainServer::step(std::string response) {
  auto message = PlainMessage::parse(response);
  if (!message) co_return Step::failed(message.error());
  co_return Step::of(co_await verifier_->verify_password(origin_, std::move(message->authorization),
                                                         std::move(message->user), std::move(message->password)));
}

Result<std::string> PlainClient::step(const std::string& challenge) {
  if (is_sent_ || !challenge.empty()) return fail(Code::denied, "PLAIN knows no challenge");
  is_sent_ = true;
  return message_.print();
}

}  // namespace posthorn::sasl
