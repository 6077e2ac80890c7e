// The logins of IMAP and POP3: who may is the directory's to say, the mail is the mail store's.
#pragma once

#include "directory/login.h"
#include "imap/server/config.h"
#include "pop3/config.h"

namespace posthorn::program {

/// What both need; all of it outlives them.
struct LoginParts {
  directory::Login* login;
  const directory::Directory* directory;
  mailstore::Mailstore* mail;
};

class ImapLogin final : public imap::Login {
 public:
  explicit ImapLogin(LoginParts parts) : parts_(parts) {}
  sasl::Verifier* verifier() override { return parts_.login; }
  imap::Task<Result<mailstore::AccountPtr>> open(std::string user) override;

 private:
  LoginParts parts_;
};

class Pop3Login final : public pop3::Login {
 public:
  explicit Pop3Login(LoginParts parts) : parts_(parts) {}
  sasl::Verifier* verifier() override { return parts_.login; }
  pop3::Task<Result<pop3::Opened>> open(std::string user) override;

 private:
  LoginParts parts_;
};

}  // namespace posthorn::program
