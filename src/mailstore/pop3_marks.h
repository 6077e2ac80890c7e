// What POP3 keeps of messages beside the mail model: unique-ids that they had on another server, and when they were
// retrieved.
//
// Format: rows of one message each, keys Table::base, account, 'p', mailbox(4), uid(4), then 'u' (unique-id) or 'r'
// (retrieved). Values: version(1), then the text, or the time in microseconds(8). They go with the account; the rows of
// a message that is gone mean nothing, and are erased when its maildrop is opened.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"
#include "mailstore/version.h"
#include "store/commit.h"
#include "store/store.h"

namespace posthorn::mailstore {

struct Pop3Marks {
  std::map<Uid, std::string> unique_ids;
  std::map<Uid, WallTime> retrieved;
};

/// That of a message which has brought none from elsewhere.
std::string default_unique_id(UidValidity uid_validity, Uid uid);

/// Errors: damaged, not_supported, io.
Result<Pop3Marks> read_pop3_marks(const store::View& view, AccountId account, MailboxId mailbox);

void put_pop3_unique_id(store::Commit& commit, AccountId account, MailboxId mailbox, Uid uid, std::string_view id);
void put_pop3_retrieved(store::Commit& commit, AccountId account, MailboxId mailbox, Uid uid, WallTime time);
/// So that POP3 goes on with the unique-ids that it has told of what is in the INBOX of `version`,
/// whose UIDVALIDITY is about to become another. INBOX has its columns. Errors: the store's; damaged.
Result<void> keep_pop3_unique_ids(store::Store& store, const Version& version);
/// Both rows of a message.
void erase_pop3_marks(store::Commit& commit, AccountId account, MailboxId mailbox, Uid uid);

}  // namespace posthorn::mailstore
