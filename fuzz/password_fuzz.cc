// Password hashes of any bytes, as an import may bring them: read, and never tried where that costs too much.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "sasl/password.h"
#include "sasl/scram_keys.h"

using namespace posthorn;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string hash(reinterpret_cast<const char*>(data), size);
  const auto checked = sasl::check_password_hash(hash);
  if (!checked && sasl::verify_password(hash, "password")) std::abort();
  (void)sasl::needs_rehash(hash, sasl::kOrdinaryCost);
  const auto keys = sasl::ScramKeys::decode(hash);
  if (keys && sasl::ScramKeys::decode(keys->encode()).value() != *keys) std::abort();
  return 0;
}
