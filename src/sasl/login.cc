#include "sasl/login.h"

#include "codec/unicode.h"

namespace posthorn::sasl {
namespace {

constexpr std::size_t kLongest = 1020;

bool is_acceptable(std::string_view response) {
  return !response.empty() && response.size() <= kLongest && response.find('\0') == std::string_view::npos &&
         codec::is_valid_utf8(response);
}

}  // namespace

Task<Step> LoginServer::step(std::string response) {
  if (!is_acceptable(response)) co_return Step::failed({Code::syntax, "LOGIN wants short UTF-8 without NUL"});
  if (!user_) {
    user_ = std::move(response);
    co_return Step::challenge("Password:");
  }
  co_return Step::of(co_await verifier_->verify_password(origin_, "", *user_, std::move(response)));
}

Result<std::string> LoginClient::step(const std::string&) {
  switch (steps_++) {
    case 0: return user_;
    case 1: return password_;
    default: return fail(Code::denied, "LOGIN asks twice and no more");
  }
}

}  // namespace posthorn::sasl
