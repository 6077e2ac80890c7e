// What a restore of a part and the server say to each other (migration/channel.h). Both sides are of one program and
// one version; what comes is read as carefully as if they were not. Numbers are varints unless a width is named.
//
//   mailbox -> done                    where the messages that follow belong; made where it is missing
//   message*, ask -> verdict           one byte a message: is it wanted?
//   bytes*, end|broken                 of each that is wanted, in order
//   commit -> done                     all of these are on disk; a number: how many
// Instead of any answer: error, the last frame.
#pragma once

#include <string>
#include <vector>

#include "backup/frames.h"
#include "base/clock.h"
#include "base/result.h"
#include "mailstore/append.h"
#include "mailstore/mailbox.h"

namespace posthorn::backup {

namespace kind {
inline constexpr char kMailbox = 'm', kMessage = 'a', kAsk = 'q', kVerdict = 'v', kCommit = 'c', kDone = 'd';
}  // namespace kind

inline constexpr char kWanted = 'w', kIsThere = 't';
/// A page of messages.
inline constexpr std::size_t kMostMessagesAPage = 500;
inline constexpr std::uint64_t kMostBytesAPage = 8 << 20;

struct MailboxToRestore {
  std::string name;
  mailstore::SpecialUse special_use = mailstore::SpecialUse::none;
  bool is_subscribed = false;
};

struct MessageToRestore {
  std::string row;  ///< of the email (mailstore/email.h)
  mailstore::FlagNames flags;
  WallTime received;
  std::string pop3_unique_id;
};

std::string encode(const MailboxToRestore& mailbox);
std::string encode(const MessageToRestore& message);
/// Total on any bytes. Errors: invalid.
Result<MailboxToRestore> decode_mailbox(std::string_view bytes);
Result<MessageToRestore> decode_message(std::string_view bytes);

}  // namespace posthorn::backup
