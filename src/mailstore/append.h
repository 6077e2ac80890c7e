// New mail: a message is digested and parsed once as its bytes come, then added to any number of mailboxes in one
// commit.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "codec/digest.h"
#include "mailstore/email.h"
#include "mailstore/mailstore.h"
#include "message/parser.h"

namespace posthorn::mailstore {

/// A message that is ready to be added: small ones in memory, large ones on disk.
struct NewMessage {
  Email email;                               ///< but for `thread` and `received`, which are decided when it is added
  std::shared_ptr<const std::string> bytes;  ///< the blob, null when staged
  store::StagedBlob staged;
};
using NewMessagePtr = std::shared_ptr<const NewMessage>;

/// Takes a message's bytes in order. Memory stays below 1 MiB whatever the size.
class MessageWriter {
 public:
  /// Why no message can be taken now, before any of it is asked for: the disk, the memory. Errors: full_disk,
  /// no_memory.
  static Result<void> may_begin(const store::Store& store);

  /// `prefix` stands before what is fed (Return-Path, Received); it ends with CRLF or is empty.
  MessageWriter(Mailstore& mailstore, std::string prefix);
  ~MessageWriter();

  /// False: enough is waiting for the disk; await drained() before the next. Does not fail: finish() tells. Where
  /// memory is full (net/memory_level.h) a message that needs more of it is dropped, and refused then.
  bool feed(std::string_view bytes);
  Task<> drained();
  std::uint64_t size() const { return size_; }
  /// Nothing may be fed after it. Errors: full_disk, no_memory, io.
  Task<Result<NewMessagePtr>> finish();

 private:
  Result<void> spill();

  Mailstore& mailstore_;
  Email email_;
  std::string pending_;
  std::uint64_t size_ = 0;
  codec::Digest digest_{codec::Hash::sha256};
  message::Parser parser_;
  std::unique_ptr<store::BlobWriter> blob_;
  Result<void> outcome_;
};

/// Flags by name, as clients give them; keywords get ids when they are first used.
struct FlagNames {
  std::uint8_t system = 0;
  std::vector<std::string> keywords;
};

/// Where a message goes. Of one account there may be several.
struct Target {
  AccountPtr account;
  MailboxId mailbox;
  FlagNames flags;
  WallTime received;
  /// Delivery: if the mailbox is gone, INBOX takes its place, and the quota was reserved before. Otherwise it is
  /// not_found, and over_quota where the account has no room.
  bool is_delivery = false;
  /// The UID that it is to have, as on the server that it comes from; zero for the mailbox's next. One that is not
  /// above all that the mailbox gave out is not to be had: nothing is added then.
  Uid uid{};
};

/// Where a message was before an import (import_marks.h) or a restore brought it here.
struct Origin {
  std::string mark_key;        ///< "" where nothing is to remember it
  std::uint32_t flags = 0;     ///< fingerprint of its flags there
  std::string pop3_unique_id;  ///< "" where it had none
};

struct Addition {
  NewMessagePtr message;
  Target target;
  std::optional<Arrival> arrival = std::nullopt;
  std::optional<Origin> origin = std::nullopt;
};

struct AppendedTo {
  UidValidity uid_validity;
  Uid uid;  ///< zero: Target::uid was not to be had
  EmailId email;
  VersionPtr version;  ///< of the target's account
};

/// Adds all of them in one commit, or none. Answers in the order asked. Errors: not_found, over_quota, too_many (UIDs
/// or keywords are used up), and the store's.
Task<Result<std::vector<AppendedTo>>> append(Mailstore* mailstore, std::vector<Addition> additions);

}  // namespace posthorn::mailstore
