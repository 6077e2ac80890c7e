// \Recent (RFC 3501 2.3.2): of each mailbox the first UID that no session has claimed, below which nothing is recent.
//
// It is nobody's mail, so that it is in no log entry and makes no news. A claim counts at once, in memory
// (Account::claim_recent), and is written by Mailstore::tidy() and when the Mailstore ends: off every path that someone
// waits on. After a crash a message may be recent once more; one that was never told to anyone is always recent.
//
// Format: a row a mailbox, key Table::base, account, 'r', mailbox(4); value: version(1), the UID as a varint.
// Who has no row has claimed nothing.
#pragma once

#include <map>
#include <string>

#include "base/id.h"
#include "base/result.h"
#include "store/store.h"

namespace posthorn::mailstore {

/// The first UID that is unclaimed, of those mailboxes where any was claimed.
using RecentMarks = std::map<MailboxId, Uid>;

/// Of all rows of an account.
std::string recent_prefix(AccountId account);
std::string recent_key(AccountId account, MailboxId mailbox);
std::string encode_recent(Uid mark);
/// Errors: damaged, not_supported, io.
Result<RecentMarks> read_recent(const store::View& view, AccountId account);

}  // namespace posthorn::mailstore
