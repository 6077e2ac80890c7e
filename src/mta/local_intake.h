// Mail that comes in by SMTP for accounts of this server: `250` means that it is in every recipient's mailbox, on disk.
//
// RCPT takes the room that the message is going to need from the recipient's quota, as far as MAIL told its size, and
// keeps it until the transaction is over, however it ends. A message that came out larger is refused where none of its
// recipients has room for the rest; else it is delivered to all, as one `250` cannot refuse one recipient.
#pragma once

#include <memory>
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
    /// Nothing where the account is named twice: it gets the message once.
    std::optional<mailstore::QuotaReservation> room;
  };

  smtp::Task<Result<std::optional<directory::AccountEntry>>> find_entry(std::string address) const;
  smtp::Task<Result<mailstore::AccountPtr>> find_account(std::string address) const;
  std::string trace(const std::string& recipient) const;
  bool is_named(const mailstore::AccountPtr& account) const;
  Result<std::optional<mailstore::QuotaReservation>> reserve(const mailstore::AccountPtr& account,
                                                             const std::string& address) const;
  Result<void> reserve_rest(std::uint64_t size);
  smtp::Task<Result<std::vector<mailstore::AppendedTo>>> deliver();
  std::vector<mailstore::Addition> additions(const mailstore::NewMessagePtr& message) const;
  void log_outcome(const Result<std::vector<mailstore::AppendedTo>>& outcome, std::uint64_t size) const;

  const LocalMail* mail_;
  const smtp::SessionInfo* session_;
  std::string id_;  ///< of the present message
  smtp::ReversePath from_;
  std::uint64_t declared_size_ = 0;  ///< of SIZE=, 0 where there was none
  std::vector<Recipient> recipients_;
  std::vector<mailstore::QuotaReservation> rest_;  ///< room for what was not declared
  std::unique_ptr<mailstore::MessageWriter> writer_;
};

}  // namespace posthorn::mta
