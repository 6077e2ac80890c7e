// What IMAP's scripts connect to: a mail store in memory with a few accounts, and listeners of each kind.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "imap/server/session.h"
#include "script/host.h"
#include "script/proofs.h"
#include "store/memory/memory_store.h"

namespace posthorn::script {

/// Users, each with the password "secret": alice has three messages in INBOX (imap_world.cc), bob none; `lost` may log
/// in but has no account; `busy` cannot be verified now; `bug` throws.
class ImapLogin final : public imap::Login, private Proofs {
 public:
  explicit ImapLogin(const imap::Backend* backend, bool takes_all = false) : Proofs(takes_all), backend_(backend) {}
  sasl::Verifier* verifier() override { return this; }
  net::Task<Result<sasl::Identity>> verify_password(sasl::Origin origin, std::string authorization, std::string user,
                                                    std::string password) override;
  net::Task<Result<mailstore::AccountPtr>> open(std::string user) override;

 private:
  const imap::Backend* backend_;
};

class ImapWorld : public std::enable_shared_from_this<ImapWorld> {
 public:
  ImapWorld();

  /// default: passwords may pass in the clear, TLS is there; private: TLS first; plain: no TLS and no login; imaps;
  /// proofs: as default, and every kind of proof is taken.
  std::map<std::string, Service> services();
  /// `deliver USER MAILBOX`: a short message comes in. `fail`: the next commit fails as a dead disk does. `full` and
  /// `room`: the disk. `restart`: what was in memory is gone; all sessions have ended before. `lose USER EMAIL`: the
  /// row of that email is gone from the store. `quota USER BYTES`.
  Result<void> perform(const std::string& what);

  const imap::Backend* backend() const { return &backend_; }

 private:
  Service service(const imap::Config* config);
  Service service(const imap::Config* config, const imap::Backend* backend);
  void add(AccountId account, const std::string& mailbox, const std::string& message, WallTime received,
           std::uint8_t flags);

  store::MemoryStore store_;
  net::Offload offload_{1};
  std::unique_ptr<mailstore::Mailstore> mailstore_ = std::make_unique<mailstore::Mailstore>(store_, offload_);
  ImapLogin login_{&backend_};
  ImapLogin proving_login_{&backend_, true};
  imap::Backend backend_{mailstore_.get(), &login_};
  imap::Backend proving_backend_{mailstore_.get(), &proving_login_};
  net::TlsCertificateSlot tls_{TestCertificates::get().server};
  imap::Config default_, private_, plain_, imaps_;
};

}  // namespace posthorn::script
