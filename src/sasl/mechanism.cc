#include "sasl/mechanism.h"

#include "base/text.h"
#include "sasl/login.h"
#include "sasl/plain.h"

namespace posthorn::sasl {

const std::vector<std::string_view>& server_mechanisms() {
  static const std::vector<std::string_view> names = {"PLAIN", "LOGIN"};
  return names;
}

std::unique_ptr<ServerMechanism> make_server_mechanism(std::string_view name, Verifier* verifier) {
  if (iequals(name, "PLAIN")) return std::make_unique<PlainServer>(verifier);
  if (iequals(name, "LOGIN")) return std::make_unique<LoginServer>(verifier);
  return nullptr;
}

}  // namespace posthorn::sasl
