// Mail that comes in by SMTP or LMTP for accounts of this server: `250` means that it is in the recipient's mailbox, on
// disk.
//
// RCPT takes the room that the message is going to need from the recipient's quota, as far as MAIL told its size
// (local_delivery.h). A message that came out larger is refused where none of its recipients has room for the rest;
// else SMTP delivers it to all, as one `250` cannot refuse one recipient, and LMTP to those that have room.
//
// Delivered-To is not written: what forwards mail writes its own trace, and loops are found by counting Received fields
// (smtp/syntax/hop_counter.h). A Return-Path that comes with a message stays, below ours: what was received is given
// back byte for byte (RFC 5321 4.4 lets a server remove it and does not ask for it).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "directory/directory.h"
#include "mailstore/append.h"
#include "mailstore/mailstore.h"
#include "mta/local_delivery.h"
#include "mta/peer_limits.h"
#include "mta/submitter.h"
#include "mta/success_report.h"
#include "smtp/server/intake.h"

namespace posthorn::mta {

/// What every intake works with; all of it outlives them.
struct LocalMail {
  std::string hostname;
  /// Whose account gets mail for the postmaster of the server and of domains that have none (RFC 5321 4.5.1); "":
  /// nobody's.
  std::string postmaster;
  mailstore::Mailstore* mailstore = nullptr;
  directory::Directory* directory = nullptr;
  sasl::Verifier* verifier = nullptr;
  PeerLimits* limits = nullptr;    ///< null: none
  SenderRate* rate = nullptr;      ///< of those who log in by app passwords; not null where somebody can
  net::Offload* asking = nullptr;  ///< where other directories are asked, if there are any
};

class LocalIntake final : public smtp::Intake {
 public:
  /// Both outlive it.
  LocalIntake(const LocalMail* mail, const smtp::SessionInfo* session)
      : mail_(mail), session_(session), delivery_(mail->mailstore, answer_of(session->service)) {}

  smtp::Task<Result<void>> connect() override;
  smtp::Task<Result<void>> mail(smtp::ReversePath from, smtp::MailParameters parameters) override;
  smtp::Task<Result<void>> rcpt(smtp::ForwardPath to, smtp::RcptParameters parameters) override;
  smtp::Task<Result<void>> data() override;
  bool body(std::string_view bytes) override {
    if (wants_report_) header_.feed(bytes);
    return writer_->feed(bytes);
  }
  smtp::Task<> drained() override { return writer_->drained(); }
  smtp::Task<Result<smtp::Receipt>> end() override;
  void reset() override;
  sasl::Verifier* verifier() override { return mail_->verifier; }

 private:
  static LocalDelivery::Answer answer_of(smtp::Service service) {
    return service == smtp::Service::lmtp ? LocalDelivery::Answer::each : LocalDelivery::Answer::together;
  }
  smtp::Task<Result<std::vector<Addressee>>> find_addressees(std::string address) const;
  std::string trace(const std::string& recipient) const;
  smtp::Task<Result<std::vector<Result<void>>>> deliver();
  /// Tells the sender of those deliveries of which it wants to hear.
  smtp::Task<> report(std::vector<Result<void>> outcomes);
  smtp::Task<Result<void>> deliver_report(SuccessReport report);
  void log_outcome(const LocalRecipient& recipient, const Result<void>& outcome, std::uint64_t size) const;
  void log_outcomes(const Result<std::vector<Result<void>>>& outcomes, std::uint64_t size) const;

  const LocalMail* mail_;
  const smtp::SessionInfo* session_;
  std::string id_;  ///< of the present message
  PeerLimits::Connection counted_;
  Envelope envelope_;
  bool wants_report_ = false;  ///< NOTIFY=SUCCESS for one of them
  HeaderKeeper header_;
  LocalDelivery delivery_;
  std::unique_ptr<mailstore::MessageWriter> writer_;
};

}  // namespace posthorn::mta
