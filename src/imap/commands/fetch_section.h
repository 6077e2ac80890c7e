// The items of FETCH that are bytes of the message: BODY[...], RFC822, RFC822.HEADER, RFC822.TEXT.
#pragma once

#include "base/result.h"
#include "imap/syntax/fetch_items.h"
#include "mailstore/email.h"
#include "net/task.h"

namespace posthorn::imap {

class Session;

/// HEADER.FIELDS chooses among so many bytes of a header; fields behind them are not found.
inline constexpr std::uint64_t kMostHeader = 1024 * 1024;

bool is_section(FetchAtt att);

/// Gathers and flushes the item with its name, a literal in pieces of at most 64 KiB. Pointers outlive the call.
/// Where the bytes cannot be read the item is NIL, and the error is answered; throws Lost(io) where that shows only
/// after the literal was begun, as then nothing but the end of the connection is true.
net::Task<Result<void>> send_section(Session* session, const FetchItem* item, const mailstore::Email* email);

}  // namespace posthorn::imap
