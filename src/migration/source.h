// Where an import reads from: a folder of mailboxes, or a server.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"
#include "mailstore/append.h"
#include "mailstore/mailbox.h"
#include "net/task.h"

namespace posthorn::migration {

struct SourceMailbox {
  std::string place;  ///< as the source has it: a path, a name on the server
  std::string name;   ///< UTF-8, '/' between levels
  mailstore::SpecialUse special_use = mailstore::SpecialUse::none;
  UidValidity uid_validity{};  ///< zero where it has none
  Uid uid_next{};              ///< what has no UID gets one from here on; zero where it is not known before
  bool is_subscribed = false;
  std::uint64_t messages = 0;  ///< as far as it is known before; for the progress alone
  std::uint64_t bytes = 0;
};

struct SourceMessage {
  std::string key;    ///< names it within its mailbox for ever
  std::string place;  ///< for people: "message 17"
  Uid uid;            ///< zero where it has none
  mailstore::FlagNames flags;
  WallTime received{};
  std::string pop3_unique_id;
};

/// How far a mailbox was read.
struct ReadTo {
  Uid uid_next;      ///< of the source; zero where it has none
  std::string text;  ///< handed to the next reading of it
};

/// Takes what a source reads. Errors: what ends the import.
class Intake {
 public:
  virtual ~Intake() = default;
  /// Whether the message is wanted: it is to be sent then.
  virtual Result<bool> offer(const SourceMessage& message) = 0;
  /// One that is wanted: its bytes follow, and end() or broken().
  virtual Result<void> begin(const SourceMessage& message) = 0;
  virtual Result<void> bytes(std::string_view bytes) = 0;
  virtual Result<void> end() = 0;
  /// The rest cannot be had; the message is reported, and not kept.
  virtual Result<void> broken(const std::string& why) = 0;
  /// A message, or a mailbox with all its messages, of which not even that can be told that offer() takes.
  virtual void refuse(const std::string& place, const std::string& why) = 0;
  /// So many bytes of the source were passed over.
  virtual void passed(std::uint64_t bytes) = 0;
};

class Source {
 public:
  virtual ~Source() = default;
  virtual net::Task<Result<std::vector<SourceMailbox>>> mailboxes() = 0;
  /// Offers every message, those with UIDs first and in their order. `before` is what the last reading of the mailbox
  /// left, "" if none came to its end; with `everything` even messages that it knows of are offered. Both pointers
  /// outlive the call.
  virtual net::Task<Result<ReadTo>> read(const SourceMailbox* mailbox, std::string before, bool everything,
                                         Intake* intake) = 0;
  /// Names that are subscribed without being among mailboxes().
  virtual std::vector<std::string> other_subscriptions() { return {}; }
};

}  // namespace posthorn::migration
