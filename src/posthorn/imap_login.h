// IMAP's logins: passwords by the directory, accounts by the mail store.
#pragma once

#include "directory/login.h"
#include "imap/server/config.h"

namespace posthorn::program {

class ImapLogin final : public imap::Login {
 public:
  /// All outlive it.
  ImapLogin(directory::Login& login, const directory::Directory& directory, mailstore::Mailstore& mail)
      : login_(login), directory_(directory), mail_(mail) {}

  sasl::Verifier* verifier() override { return &login_; }
  imap::Task<Result<mailstore::AccountPtr>> open(std::string user) override;

 private:
  directory::Login& login_;
  const directory::Directory& directory_;
  mailstore::Mailstore& mail_;
};

}  // namespace posthorn::program
