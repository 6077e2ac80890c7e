// Who may log in, for every protocol: passwords, app passwords and other proofs against the directories.
//
// What a wrong password leads to is in wrong_passwords.h. An answer "wrong" comes at a multiple of
// LoginOptions::answer_every after the question, whatever was looked up or hashed for it, and for users who are not
// there a decoy is hashed: the time tells neither who is there nor how a password is kept.
#pragma once

#include <atomic>

#include "directory/credentials.h"
#include "directory/directory.h"
#include "directory/token_issuer.h"
#include "directory/verified_passwords.h"
#include "directory/wrong_passwords.h"
#include "net/offload.h"
#include "sasl/mechanism.h"

namespace posthorn::directory {

struct LoginOptions {
  PasswordPolicy policy = {};
  WrongPasswordLimits wrong = {};
  /// Canonical addresses of accounts that may log in as others.
  std::vector<std::string> masters = {};
  std::string default_domain = "";  ///< of user names without one; "": there are none
  Duration remember = std::chrono::minutes(10);
  /// Of what another directory has verified: it does not tell when it changes.
  Duration remember_outside = std::chrono::minutes(2);
  Duration answer_every = std::chrono::milliseconds(200);  ///< 0: at once
  friend bool operator==(const LoginOptions&, const LoginOptions&) = default;
};

class Login final : public sasl::Verifier {
 public:
  /// `directory` must outlive it.
  Login(Directory& directory, LoginOptions options);
  /// Null: of nobody. It outlives every login; before others use this.
  void take_tokens_of(TokenIssuer* issuer) { issuer_ = issuer; }

  bool takes(sasl::Proof proof) const override;
  /// Identity::user is the canonical address. Errors, besides the Verifier's: too_many for a network that is refused.
  sasl::Task<Result<sasl::Identity>> verify_password(sasl::Origin origin, std::string authorization, std::string user,
                                                     std::string password) override;
  sasl::Task<Result<sasl::ScramKeys>> scram_keys(sasl::Origin origin, std::string user, codec::Hash hash) override;
  sasl::Task<Result<sasl::Identity>> conclude_scram(sasl::Origin origin, std::string authorization, std::string user,
                                                    std::optional<std::string> proved) override;
  /// The first address of the certificate that is one here, or the one that `authorization` names.
  sasl::Task<Result<sasl::Identity>> verify_certificate(sasl::Origin origin, std::string authorization) override;
  sasl::Task<Result<sasl::Identity>> verify_token(sasl::Origin origin, std::string authorization,
                                                  std::string token) override;
  std::string openid_configuration() const override { return issuer_ ? issuer_->openid_configuration() : ""; }

  /// The networks from which wrong passwords came for an account, and forgetting them.
  std::vector<WrongPasswords::Tally> tallies(const std::string& address) {
    return wrong_.tallies(fingerprint(address));
  }
  void clear(const std::string& address) { wrong_.clear(fingerprint(address)); }

  /// Threads for what asks other directories, apart from those that hash: one that does not answer keeps nobody else.
  net::Offload& outside_offload() { return asking_; }

 private:
  struct Attempt;
  using Verdict = Result<sasl::Identity>;

  Fingerprint fingerprint(std::string_view bytes) const;
  std::string canonical_user(const std::string& user) const;
  Attempt attempt(sasl::Origin origin, std::string authorization, const std::string& user, std::string password) const;
  void know(Attempt& attempt, Result<std::optional<AccountEntry>> entry) const;
  bool is_remembered(const Attempt& attempt) const;
  sasl::Task<Verdict> judge(Attempt* attempt);
  sasl::Task<Verdict> judge_scram(sasl::Origin origin, std::string authorization, std::string user,
                                  std::optional<std::string> proved);
  sasl::Task<Verdict> judge_certificate(sasl::Origin origin, std::string authorization);
  sasl::Task<Verdict> judge_token(sasl::Origin origin, std::string authorization, std::string token);
  sasl::Task<Verdict> answer_wrong(Attempt* attempt, std::string why);
  Result<std::optional<std::string>> find_app_password(const Attempt& attempt);
  Result<std::string> use(const Attempt& attempt, const AppPassword& app);
  bool verify_here(const Attempt& attempt);
  Verdict verify_outside(Attempt& attempt);
  void improve(const Attempt& attempt);
  Result<sasl::ScramKeys> keys_of(const std::string& user, codec::Hash hash) const;
  Verdict let_in(const Attempt& attempt, const AccountEntry& entry, std::string credential);
  Verdict act_for(const Attempt& attempt, const AccountEntry& master, const std::string& target);

  Directory& directory_;
  const LoginOptions options_;
  TokenIssuer* issuer_ = nullptr;
  const std::string key_;    ///< of this process: what is remembered here means nothing elsewhere
  const std::string decoy_;  ///< a hash that no password fits, checked where there is no user
  WrongPasswords wrong_;
  VerifiedPasswords verified_, verified_outside_;
  std::atomic<int> waiting_ = 0;
  net::Offload hashing_, asking_;
};

}  // namespace posthorn::directory
