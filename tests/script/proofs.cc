#include "script/proofs.h"

namespace posthorn::script {
namespace {

std::unexpected<Error> wrong() { return fail(Code::bad_credentials, "User name or password is wrong"); }
std::unexpected<Error> later() { return fail(Code::unavailable, "Try again later"); }

}  // namespace

net::Task<Result<sasl::ScramKeys>> Proofs::scram_keys(sasl::Origin, std::string user, codec::Hash hash) {
  if (user == "busy") co_return later();
  if (user != "alice") co_return sasl::made_up_keys(hash, user, "secret of the server");
  co_return sasl::ScramKeys::make(hash, "secret", "salt of alice", 4096);
}

net::Task<Result<sasl::Identity>> Proofs::conclude_scram(sasl::Origin, std::string authorization, std::string user,
                                                         std::optional<std::string> proved) {
  if (!proved) co_return wrong();
  if (!authorization.empty() && authorization != user) co_return fail(Code::denied, "Not as another");
  co_return sasl::Identity{user};
}

net::Task<Result<sasl::Identity>> Proofs::verify_token(sasl::Origin, std::string authorization, std::string token) {
  if (token == "later") co_return later();
  if (token != "good") co_return fail(Code::bad_credentials, "The token has expired");
  if (!authorization.empty() && authorization != "alice") co_return fail(Code::denied, "Not as another");
  co_return sasl::Identity{"alice"};
}

}  // namespace posthorn::script
