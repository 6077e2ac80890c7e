// Every mechanism, both roles: the first byte chooses one, responses or challenges are the lines behind it. `$` in a
// response stands for the last challenge, so that nonces can be right.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/text.h"
#include "net/run_for_test.h"
#include "sasl/external.h"
#include "sasl/login.h"
#include "sasl/oauth.h"
#include "sasl/plain.h"
#include "sasl/scram.h"

using namespace posthorn;
using sasl::Origin;
using sasl::Task;

namespace {

/// Proofs are wrong, all of them.
class NoOne final : public sasl::Verifier {
 public:
  bool takes(sasl::Proof) const override { return true; }
  Task<Result<sasl::Identity>> verify_password(Origin, std::string, std::string user, std::string password) override {
    if (user.empty() || password.empty()) std::abort();
    co_return fail(Code::bad_credentials, "wrong");
  }
  Task<Result<sasl::ScramKeys>> scram_keys(Origin, std::string user, codec::Hash hash) override {
    if (user.empty()) std::abort();
    co_return sasl::made_up_keys(hash, user, "secret");
  }
  Task<Result<sasl::Identity>> conclude_scram(Origin, std::string, std::string,
                                              std::optional<std::string> proved) override {
    if (proved) std::abort();
    co_return fail(Code::bad_credentials, "wrong");
  }
  Task<Result<sasl::Identity>> verify_certificate(Origin, std::string) override {
    co_return fail(Code::bad_credentials, "wrong");
  }
  Task<Result<sasl::Identity>> verify_token(Origin, std::string, std::string token) override {
    if (token.empty()) std::abort();
    co_return fail(Code::bad_credentials, "wrong");
  }
};

Origin origin() {
  return {
      .is_encrypted = true, .certificate_addresses = {"ann@example.org"}, .channel_binding = [](auto) { return "x"; }};
}

void serve(std::uint8_t choice, std::string_view lines) {
  NoOne verifier;
  const auto names = sasl::server_mechanisms(origin(), verifier);
  const auto server = sasl::make_server_mechanism(names[choice % names.size()], origin(), &verifier);
  std::string last;
  for (const auto line : split(lines, '\n')) {
    std::string response;
    for (const char c : line)
      if (c == '$')
        response += last;
      else
        response += c;
    const auto step = net::result_for_test(server->step(std::move(response)));
    if (step.kind == sasl::Step::Kind::done) std::abort();
    if (step.kind == sasl::Step::Kind::failed) return;
    last = step.bytes.substr(0, 200);
  }
}

std::unique_ptr<sasl::ClientMechanism> client(std::uint8_t choice) {
  const sasl::PlainMessage credentials{"", "user", "pencil"};
  switch (choice % 6) {
    case 0: return std::make_unique<sasl::PlainClient>(credentials);
    case 1: return std::make_unique<sasl::LoginClient>("user", "pencil");
    case 2: return std::make_unique<sasl::ExternalClient>("");
    case 3: return std::make_unique<sasl::OAuthClient>(sasl::OAuthClient::Kind::oauthbearer, "user", "token");
    case 4: return std::make_unique<sasl::OAuthClient>(sasl::OAuthClient::Kind::xoauth2, "user", "token");
    default: return std::make_unique<sasl::ScramClient>(codec::Hash::sha1, credentials, sasl::ScramBinding{}, "abc");
  }
}

void ask(std::uint8_t choice, std::string_view lines) {
  const auto mechanism = client(choice);
  for (const auto line : split(lines, '\n'))
    if (!mechanism->step(std::string(line))) return;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view lines(reinterpret_cast<const char*>(data) + 1, size - 1);
  serve(data[0], lines);
  ask(data[0], lines);
  return 0;
}
