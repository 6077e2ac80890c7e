// Making, removing and renaming mailboxes, and subscriptions. RFC 9051 6.3.4 to 6.3.8.
//
// Names are UTF-8 with '/' between levels, already normalised by the protocol (imap/syntax/mailbox_name.h), with
// "INBOX" in this spelling. A name that only has mailboxes below it is no mailbox: LIST shows it as \NonExistent.
#pragma once

#include <string>

#include "mailstore/mailstore.h"

namespace posthorn::mailstore {

inline constexpr std::size_t kMostMailboxes = 10'000;
/// Of all mailboxes' names together, and of all subscriptions': they are in one row (base.h), and the index reads
/// nothing that does not fit into its cache.
inline constexpr std::size_t kMostNameBytes = 2 * 1024 * 1024;

/// Makes the mailbox and those above it that are missing. Errors: already_exists, too_many, and the store's.
Task<Result<MailboxId>> create_mailbox(Mailstore* mailstore, AccountPtr account, std::string name,
                                       SpecialUse special_use = SpecialUse::none);

/// Removes the mailbox with its messages; those below it stay. Errors: denied for INBOX, not_found.
Task<Result<void>> delete_mailbox(Mailstore* mailstore, AccountPtr account, std::string name);

/// Renames it and those below it; missing levels above the new name are made. INBOX keeps its name and its children:
/// its messages move to a new mailbox (RFC 9051 6.3.6). Errors: not_found, already_exists, invalid (below itself).
Task<Result<void>> rename_mailbox(Mailstore* mailstore, AccountPtr account, std::string from, std::string to);

/// Whether or not such a mailbox exists (RFC 9051 6.3.7).
Task<Result<void>> set_subscribed(Mailstore* mailstore, AccountPtr account, std::string name, bool subscribed);

}  // namespace posthorn::mailstore
