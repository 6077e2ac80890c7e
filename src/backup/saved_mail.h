// An account as a point in time has it, read from a backup; what is damaged is left out and told.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "backup/account_record.h"
#include "backup/archive.h"
#include "backup/point.h"
#include "mailstore/email.h"
#include "mailstore/version.h"

namespace posthorn::backup {

/// Threads: one at a time.
class SavedMail {
 public:
  /// Errors: damaged, naming the file; not_supported; io.
  static Result<std::unique_ptr<SavedMail>> open(const Archive& archive, const SavedAccount& saved);

  /// With the placements of every mailbox, and counters that add up to them.
  const mailstore::Version& version() const { return *version_; }
  /// The emails that placements name, ascending.
  std::vector<EmailId> emails() const;
  /// The row of an email. Quick where ids come in ascending order. Errors: damaged, not_found, io.
  Result<std::string> email_row(EmailId id);
  /// Rows beside the mail (account_record.h).
  const Rows& side() const { return side_; }

  /// An email cannot be had: its placements are to be taken out.
  void lose(EmailId id, const std::string& why) { gone_.emplace(id, why); }
  /// Takes out what lose() named so far.
  void take_out_lost();
  /// A line for each mailbox and reason, with UIDs; all that open() and take_out_lost() left out.
  std::vector<std::string> lost() const;

 private:
  SavedMail(const Archive& archive, std::string name) : archive_(archive), name_(std::move(name)) {}
  Result<void> load(const AccountRecord& account);
  void load_blocks(mailstore::Mailbox& mailbox, const std::vector<Block>& blocks);
  void count(mailstore::Mailbox& mailbox);

  using Emails = std::vector<std::pair<EmailId, std::string>>;
  Result<const Emails*> batch_of(EmailId id);

  const Archive& archive_;
  const std::string name_;  ///< of the account
  std::shared_ptr<mailstore::Version> version_;
  std::vector<Batch> batches_;
  std::map<std::size_t, Emails> read_;  ///< batches, a few of them
  Rows side_;
  std::map<EmailId, std::string> missing_, gone_;
  std::vector<std::string> lost_lists_;
  std::map<std::pair<std::string, std::string>, std::vector<Uid>> lost_;  ///< mailbox and reason -> UIDs
};

/// The one of that address. Errors: not_found.
Result<SavedAccount> find_account(const NamedPoint& point, const std::string& address);

}  // namespace posthorn::backup
