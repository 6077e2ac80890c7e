// What IMAP's scripts connect to: the mail of mail_world.h, and listeners of each kind.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "imap/server/session.h"
#include "script/host.h"
#include "script/mail_world.h"

namespace posthorn::script {

class ImapLogin final : public imap::Login {
 public:
  explicit ImapLogin(MailWorld* mail, bool takes_all = false) : mail_(mail), verifier_(takes_all) {}
  sasl::Verifier* verifier() override { return &verifier_; }
  net::Task<Result<mailstore::AccountPtr>> open(std::string user) override { return mail_->open(std::move(user)); }

 private:
  MailWorld* mail_;
  MailVerifier verifier_;
};

class ImapWorld : public std::enable_shared_from_this<ImapWorld> {
 public:
  ImapWorld();

  /// default: passwords may pass in the clear, TLS is there; private: TLS first; plain: no TLS and no login; imaps;
  /// proofs: as default, and every kind of proof is taken.
  std::map<std::string, Service> services();
  /// As MailWorld::perform.
  Result<void> perform(const std::string& what);

 private:
  Service service(const imap::Config* config);
  Service service(const imap::Config* config, const imap::Backend* backend);

  MailWorld mail_;
  ImapLogin login_{&mail_};
  ImapLogin proving_login_{&mail_, true};
  imap::Backend backend_{mail_.mailstore(), &login_, mail_.offload()};
  imap::Backend proving_backend_{mail_.mailstore(), &proving_login_, mail_.offload()};
  net::TlsCertificateSlot tls_{TestCertificates::get().server};
  imap::Config default_, private_, plain_, imaps_;
};

}  // namespace posthorn::script
