// The command's side of an export: asks for what is new over a channel (frames.h) and writes it.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "migration/channel.h"
#include "migration/frames.h"

namespace posthorn::migration {

struct Exported {
  std::uint64_t messages = 0, bytes = 0;
  std::uint64_t known = 0;    ///< were there from an export before
  std::uint64_t renamed = 0;  ///< of those, had other flags
  std::uint64_t removed = 0;
  std::vector<std::pair<std::string, std::string>> mailboxes;  ///< name and path
  std::vector<std::string> refused;                            ///< "MAILBOX: UID 7: why"
};

/// What an export writes mailbox by mailbox.
class ExportSource {
 public:
  ExportSource(Channel* channel, const std::atomic<bool>* stop, std::function<void(std::uint64_t, std::uint64_t)> step)
      : channel_(channel), stop_(stop), step_(std::move(step)) {}

  Result<Listed> list();
  Result<std::vector<RowTold>> rows(std::uint32_t mailbox);
  /// The bytes of a message of the last rows(), in pieces. False: they cannot be had, `why` says it. Errors: cancelled
  /// where the export is to end, and the channel's.
  Result<bool> fetch(Uid uid, const std::function<Result<void>(std::string_view)>& take, std::string& why);

 private:
  Result<Frame> answer();

  Channel* const channel_;
  const std::atomic<bool>* const stop_;
  const std::function<void(std::uint64_t messages, std::uint64_t bytes)> step_;
};

/// Maildir++ with dovecot-uidlist, dovecot-keywords and subscriptions, as Dovecot takes it over. What is there from an
/// export before is not written again; with `remove_gone` messages that are gone here go there. Every file appears
/// whole or not at all. `owner` is the account's address. Errors: io, full_disk, invalid (other mail is in the folder),
/// and the channel's.
Result<void> export_maildir(ExportSource* source, const std::filesystem::path& folder, const std::string& owner,
                            bool remove_gone, Exported* exported);

/// A file of mboxrd a mailbox, NAME.mbox, those below it in NAME.sbd; written anew each time. Errors: io, full_disk,
/// and the channel's.
Result<void> export_mbox(ExportSource* source, const std::filesystem::path& folder, Exported* exported);

}  // namespace posthorn::migration
