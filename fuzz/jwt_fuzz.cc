// JSON Web Tokens and key sets of any bytes: nothing but the right key verifies, and no time is taken for a number.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "codec/jwt.h"

using namespace posthorn;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto keys = codec::parse_json_web_keys(bytes);
  const auto token = codec::JsonWebToken::parse(bytes);
  if (!token) return 0;
  if (token->is_signed_by_secret("a secret that nobody knows, 32 bytes")) std::abort();
  (void)codec::check_claims(token->claims(), {"https://id.test", "mail", from_seconds(1'700'000'000)});
  return 0;
}
