// What the frames of an import and an export say (channel.h). Both sides are of one program and one version: the format
// is nobody else's, but it is read as carefully as if it were.
//
//   import:  mailbox -> opened            the messages that follow go there
//            offer   -> verdict           only where the mailbox has marks: is the message wanted?
//            message, bytes*, end|broken  no answer; broken: the source could not give it whole
//            commit  -> committed         everything since the last one is on disk
//            raise                         no answer; UIDs below this one are not given to what has none
//            finish  -> committed         the mailbox is read to its end
//            subscribe                    no answer
//   export:  list    -> listed
//            rows    -> row*, end         of a mailbox
//            fetch   -> bytes*, end|broken
// Instead of any answer: error, the last frame.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"
#include "mailstore/append.h"
#include "mailstore/mailbox.h"

namespace posthorn::migration {

namespace kind {
inline constexpr char kMailbox = 'M', kOpened = 'm', kOffer = 'O', kVerdict = 'o', kMessage = 'A', kBytes = 'B',
                      kEnd = 'E', kBroken = 'X', kCommit = 'C', kCommitted = 'c', kFinish = 'F', kRaise = 'U',
                      kSubscribe = 'S', kList = 'L', kListed = 'l', kRows = 'R', kRow = 'r', kFetch = 'G', kError = '!';
}  // namespace kind

struct MailboxAsked {
  std::string source;  ///< names it for ever: the server or folder, and the mailbox there
  std::string name;    ///< here; UTF-8, '/' between levels
  mailstore::SpecialUse special_use = mailstore::SpecialUse::none;
  UidValidity uid_validity;  ///< of the source; zero where it has none
  bool is_subscribed = false;
};

struct MailboxOpened {
  std::string name;  ///< where the messages go: another where one here has the special use
  UidValidity uid_validity;
  bool keeps_uids = false;
  bool has_marks = false;  ///< some were brought before: offer each
  std::string text;        ///< of finish, the last time
};

struct MessageTold {
  std::string key;  ///< names it within its mailbox there, for ever
  Uid uid;          ///< there; zero where it has none
  mailstore::FlagNames flags;
  WallTime received;
  std::string pop3_unique_id;
};

struct Refusal {
  std::string key;
  std::string why;
};

struct Committed {
  std::uint32_t added = 0;
  std::uint32_t changed = 0;              ///< had other flags than the last time
  std::uint32_t dropped_keywords = 0;     ///< the account has no room for more
  std::vector<std::string> without_uids;  ///< keys of messages to be sent once more, after the others: their UIDs are
                                          ///< taken
  std::vector<Refusal> refused;
};

struct MailboxFinished {
  Uid uid_next;            ///< there; zero where it has none
  std::vector<Uid> taken;  ///< UIDs of without_uids: whatever has them here gets others
  std::string text;        ///< kept for the next time
};

struct MailboxListed {
  std::uint32_t id = 0;
  std::string name;
  UidValidity uid_validity;
  Uid uid_next;
  mailstore::SpecialUse special_use = mailstore::SpecialUse::none;
  std::uint32_t messages = 0;
  std::uint64_t bytes = 0;
};

struct Listed {
  std::vector<MailboxListed> mailboxes;
  std::vector<std::string> subscriptions;
};

struct RowTold {
  Uid uid;
  mailstore::FlagNames flags;
  WallTime received;
  std::uint32_t size = 0;
  std::string pop3_unique_id;  ///< another server's, "" where it has none
};

std::string encode(const MailboxAsked& asked);
std::string encode(const MailboxOpened& opened);
std::string encode(const MessageTold& told);
std::string encode(const Committed& committed);
std::string encode(const MailboxFinished& finished);
std::string encode(const Listed& listed);
std::string encode(const RowTold& row);
std::string encode(Uid uid);

/// Total on any bytes. Errors: invalid.
template <class T>
Result<T> decode(std::string_view payload);

}  // namespace posthorn::migration
