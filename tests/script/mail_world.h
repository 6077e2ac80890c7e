// The mail that scripts of IMAP and POP3 see: a store in memory with a few accounts.
#pragma once

#include <memory>
#include <string>

#include "mailstore/mailstore.h"
#include "script/proofs.h"
#include "store/memory/memory_store.h"

namespace posthorn::script {

/// Users, each with the password "secret": alice, bob, and `lost`, who has no account; `busy` cannot be verified now;
/// `bug` throws.
class MailVerifier final : public Proofs {
 public:
  explicit MailVerifier(bool takes_all = false) : Proofs(takes_all) {}
  net::Task<Result<sasl::Identity>> verify_password(sasl::Origin origin, std::string authorization, std::string user,
                                                    std::string password) override;
};

/// alice has three messages in INBOX (mail_world.cc), bob none.
class MailWorld {
 public:
  MailWorld();

  /// Another one after `restart`.
  mailstore::Mailstore* mailstore() { return mailstore_.get(); }
  net::Offload* offload() { return &offload_; }
  net::Task<Result<mailstore::AccountPtr>> open(std::string user);
  /// `deliver USER MAILBOX`: a short message comes in. `fail`: the next commit fails as a dead disk does. `full` and
  /// `room`: the disk. `restart`: what was in memory is gone; all sessions have ended before. `lose USER EMAIL`: the
  /// row of that email is gone from the store. `quota USER BYTES`. `unique_id USER UID ID`: as POP3 had it elsewhere.
  Result<void> perform(const std::string& what);

 private:
  void add(AccountId account, const std::string& mailbox, const std::string& message, WallTime received,
           std::uint8_t flags);

  store::MemoryStore store_;
  net::Offload offload_{1};
  std::unique_ptr<mailstore::Mailstore> mailstore_ = std::make_unique<mailstore::Mailstore>(store_, offload_);
};

}  // namespace posthorn::script
