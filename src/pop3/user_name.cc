#include "pop3/user_name.h"

#include "base/text.h"

namespace posthorn::pop3 {

std::string UserNames::plain(std::string name) {
  constexpr std::string_view kPrefix = "recent:";
  if (!istarts_with(name, kPrefix)) return name;
  is_recent_ = true;
  return name.substr(kPrefix.size());
}

sasl::Task<Result<sasl::Identity>> UserNames::verify_password(sasl::Origin origin, std::string authorization,
                                                              std::string user, std::string password) {
  is_recent_ = false;
  return verifier_->verify_password(std::move(origin), plain(std::move(authorization)), plain(std::move(user)),
                                    std::move(password));
}

sasl::Task<Result<sasl::ScramKeys>> UserNames::scram_keys(sasl::Origin origin, std::string user, codec::Hash hash) {
  return verifier_->scram_keys(std::move(origin), plain(std::move(user)), hash);
}

sasl::Task<Result<sasl::Identity>> UserNames::conclude_scram(sasl::Origin origin, std::string authorization,
                                                             std::string user, std::optional<std::string> proved) {
  is_recent_ = false;
  return verifier_->conclude_scram(std::move(origin), plain(std::move(authorization)), plain(std::move(user)), proved);
}

sasl::Task<Result<sasl::Identity>> UserNames::verify_certificate(sasl::Origin origin, std::string authorization) {
  is_recent_ = false;
  return verifier_->verify_certificate(std::move(origin), plain(std::move(authorization)));
}

sasl::Task<Result<sasl::Identity>> UserNames::verify_token(sasl::Origin origin, std::string authorization,
                                                           std::string token) {
  is_recent_ = false;
  return verifier_->verify_token(std::move(origin), plain(std::move(authorization)), std::move(token));
}

}  // namespace posthorn::pop3
