// Mail that comes in by SMTP for accounts of this server: `250` means that it is in every recipient's mailbox, on disk.
//
// RCPT takes the room that the message is going to need from the recipient's quota, as far as MAIL told its size
// (local_delivery.h). A message that came out larger is refused where none of its recipients has room for the rest;
// else it is delivered to all, as one `250` cannot refuse one recipient.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "directory/directory.h"
#include "mailstore/append.h"
#include "mailstore/mailstore.h"
#include "mta/local_delivery.h"
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
  LocalIntake(const LocalMail* mail, const smtp::SessionInfo* session)
      : mail_(mail), session_(session), delivery_(mail->mailstore, LocalDelivery::Answer::together) {}

  smtp::Task<Result<void>> connect() override;
  smtp::Task<Result<void>> mail(smtp::ReversePath from, smtp::MailParameters parameters) override;
  smtp::Task<Result<void>> rcpt(smtp::ForwardPath to, smtp::RcptParameters parameters) override;
  smtp::Task<Result<void>> data() override;
  bool body(std::string_view bytes) override { return writer_->feed(bytes); }
  smtp::Task<> drained() override { return writer_->drained(); }
  smtp::Task<Result<smtp::Receipt>> end() override;
  void reset() override;
  sasl::Verifier* verifier() override { return mail_->verifier; }

 private:
  smtp::Task<Result<std::optional<directory::AccountEntry>>> find_entry(std::string address) const;
  smtp::Task<Result<mailstore::AccountPtr>> find_account(std::string address) const;
  std::string trace(const std::string& recipient) const;
  smtp::Task<Result<std::vector<Result<void>>>> deliver();
  void log_outcome(const LocalRecipient& recipient, const Result<void>& outcome, std::uint64_t size) const;
  void log_outcomes(const Result<std::vector<Result<void>>>& outcomes, std::uint64_t size) const;

  const LocalMail* mail_;
  const smtp::SessionInfo* session_;
  std::string id_;  ///< of the present message
  smtp::ReversePath from_;
  std::uint64_t declared_size_ = 0;  ///< of SIZE=, 0 where there was none
  LocalDelivery delivery_;
  std::unique_ptr<mailstore::MessageWriter> writer_;
};

}  // namespace posthorn::mta
