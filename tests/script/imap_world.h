// What IMAP's scripts connect to: a mail store in memory with a few accounts, and listeners of each kind.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "imap/server/session.h"
#include "script/host.h"
#include "store/memory/memory_store.h"

namespace posthorn::script {

/// Users, each with the password "secret": alice has three messages in INBOX (imap_world.cc), bob none; `lost` may log
/// in but has no account; `busy` cannot be verified now; `bug` throws.
class ImapLogin final : public imap::Login {
 public:
  explicit ImapLogin(mailstore::Mailstore* mailstore) : mailstore_(mailstore) {}
  net::Task<Result<sasl::Identity>> verify_password(std::string authorization, std::string user,
                                                    std::string password) override;
  net::Task<Result<mailstore::AccountPtr>> open(std::string user) override;

 private:
  mailstore::Mailstore* mailstore_;
};

class ImapWorld : public std::enable_shared_from_this<ImapWorld> {
 public:
  ImapWorld();

  /// default: passwords may pass in the clear, TLS is there; private: TLS first; plain: no TLS and no login; imaps.
  std::map<std::string, Service> services();
  /// `deliver USER MAILBOX`: a short message comes in. `fail`: the next commit fails as a dead disk does. `full` and
  /// `room`: the disk.
  Result<void> perform(const std::string& what);

  const imap::Backend* backend() const { return &backend_; }

 private:
  Service service(const imap::Config* config);
  void add(AccountId account, const std::string& mailbox, const std::string& message, WallTime received,
           std::uint8_t flags);

  store::MemoryStore store_;
  net::Offload offload_{1};
  mailstore::Mailstore mailstore_{store_, offload_};
  ImapLogin login_{&mailstore_};
  imap::RecentMarks recent_;
  imap::Backend backend_{&mailstore_, &login_, &recent_};
  net::TlsCertificateSlot tls_{TestCertificates::get().server};
  imap::Config default_, private_, plain_, imaps_;
};

}  // namespace posthorn::script
