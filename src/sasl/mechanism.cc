#include "sasl/mechanism.h"

#include <algorithm>

#include "base/text.h"
#include "sasl/login.h"
#include "sasl/plain.h"

namespace posthorn::sasl {
namespace {

struct Row {
  std::string_view name;
  Proof proof;
  bool (*is_possible)(const Origin& origin);
  std::unique_ptr<ServerMechanism> (*make)(Origin origin, Verifier* verifier);
};

bool always(const Origin&) { return true; }

template <class Mechanism>
std::unique_ptr<ServerMechanism> make(Origin origin, Verifier* verifier) {
  return std::make_unique<Mechanism>(std::move(origin), verifier);
}

// Best first. PLAIN before LOGIN, as it takes one exchange less.
constexpr Row kRows[] = {
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
