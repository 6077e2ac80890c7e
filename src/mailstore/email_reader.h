// Reading emails and their bytes without blocking the session's thread: from memory if they are there, else from the
// disk on another thread.
#pragma once

#include <cstdint>
#include <string>

#include "base/id.h"
#include "base/result.h"
#include "mailstore/email.h"
#include "mailstore/mailstore.h"
#include "net/task.h"

namespace posthorn::mailstore {

/// Errors: damaged (also where it is not there), not_supported, io; unavailable where it is not in memory and may not
/// be waited for.
Result<Email> read_email(const store::View& view, AccountId account, EmailId id, store::Wait wait);
/// The same without that choice. `mailstore` outlives the call.
Task<Result<Email>> read_email(Mailstore* mailstore, AccountId account, EmailId id);

/// All of octets [offset, offset + length). `mailstore` and `email` outlive the call. Errors: damaged (also where the
/// email is shorter), io.
Task<Result<std::string>> read_octets(Mailstore* mailstore, const Email* email, std::uint64_t offset,
                                      std::uint64_t length);

/// How many octets from `offset` on are best read at once: at most 64 KiB behind the prefix, ending where a frame of
/// the blob does.
std::uint64_t best_piece(const Email& email, std::uint64_t offset);

}  // namespace posthorn::mailstore
