// BINARY[...] and BINARY.SIZE[...]: a part without its transfer encoding. RFC 3516 4, RFC 9051 6.4.5.
#pragma once

#include "base/result.h"
#include "imap/syntax/fetch_items.h"
#include "mailstore/email.h"
#include "net/task.h"

namespace posthorn::imap {

class Session;

bool is_binary(FetchAtt att);

/// Gathers and flushes the item with its name; a part that is not there is NIL, its size 0. The part is read twice: its
/// size stands before it. Pointers outlive the call. Errors: not_supported for a transfer encoding that nobody knows
/// (UNKNOWN-CTE), damaged, io; the item is NIL then. Throws Lost(io) where that shows only after the literal was begun.
net::Task<Result<void>> send_binary(Session* session, const FetchItem* item, const mailstore::Email* email);

}  // namespace posthorn::imap
