#include "sasl/external.h"

#include "codec/unicode.h"

namespace posthorn::sasl {
namespace {

constexpr std::size_t kLongest = 1020;

}  // namespace

Task<Step> ExternalServer::step(std::string response) {
  if (response.size() > kLongest || response.find('\0') != std::string::npos || !codec::is_valid_utf8(response))
    co_return Step::failed({Code::syntax, "EXTERNAL wants short UTF-8 without NUL"});
  co_return Step::of(co_await verifier_->verify_certificate(origin_, std::move(response)));
}

Result<std::string> ExternalClient::step(const std::string& challenge) {
  if (is_sent_ || !challenge.empty()) return fail(Code::denied, "EXTERNAL knows no challenge");
  is_sent_ = true;
  return authorization_;
}

}  // namespace posthorn::sasl
