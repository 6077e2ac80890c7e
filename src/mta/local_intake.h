// Mail that comes in by SMTP for accounts of this server: `250` means that it is in every recipient's mailbox, on disk.
//
// Quotas are asked at RCPT, where each recipient can be refused by itself, for the size that MAIL announced. What turns
// out larger than announced goes in all the same, as a refusal would be one for all recipients: the next one is
// refused.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "directory/directory.h"
#include "mailstore/append.h"
#include "mailstore/mailstore.h"
#include "mailstore/quota.h"
#include "smtp/server/intake.h"

namespace posthorn::mta {

/// What every intake works with; all of it outlives them.
struct LocalMail {
  std::string hostname;
  /// Whose account gets mail for the postmaster of the server and of domains that have none (RFC 5321 4.5.1); "":
  /// nobody's.
  std::string postmaster;
  mailstore::Mailstore* mailstore = nullptr;
  const directory::Directory* directory = nullptr;
  sasl::Verifier* verifier = nullptr;
};

class LocalIntake final : public smtp::Intake {
 public:
  /// Both outlive it.
  LocalIntake(const LocalMail* mail, const smtp::SessionInfo* session) : mail_(mail), session_(session) {}

  smtp::Task<Result<void>> connect() override;
  smtp::Task<Result<void>> mail(smtp::ReversePath from, smtp::MailParameters parameters) override;
  smtp::Task<Result<void>> rcpt(smtp::ForwardPath to, smtp::RcptParameters parameters) override;
  smtp::Task<Result<void>> data() override;
  bool body(std::string_view bytes) override { return writer_->feed(bytes); }
  smtp::Task<> drained() override { return writer_->drained(); }
  smtp::Task<Result<std::string>> end() override;
  void reset() override;
  sasl::Verifier* verifier() override { return mail_->verifier; }

 private:
  struct Recipient {
    std::string address;
    mailstore::AccountPtr account;
    std::optional<mailstore::QuotaReservation> room;  ///< none where the account was named before
  };

  smtp::Task<Result<std::optional<directory::AccountEntry>>> find_entry(std::string address) const;
  smtp::Task<Result<mailstore::AccountPtr>> find_account(std::string address) const;
  bool is_recipient(const mailstore::AccountPtr& account) const;
  smtp::Task<Result<std::vector<mailstore::AppendedTo>>> deliver();
  std::vector<mailstore::Addition> additions(const mailstore::NewMessagePtr& message) const;
  void log_outcome(const Result<std::vector<mailstore::AppendedTo>>& outcome, std::uint64_t size) const;

  const LocalMail* mail_;
  const smtp::SessionInfo* session_;
  std::string id_;  ///< of the present message
  smtp::ReversePath from_;
  std::uint64_t announced_ = 0;  ///< MAIL's SIZE, bytes
  std::vector<Recipient> recipients_;
  std::unique_ptr<mailstore::MessageWriter> writer_;
};

}  // namespace posthorn::mta
