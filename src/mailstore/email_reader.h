// Reading emails and their bytes without blocking the session's thread: from memory if they are there, else from the
// disk on another thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "mailstore/email.h"
#include "mailstore/mailstore.h"
#include "net/task.h"

namespace posthorn::mailstore {

/// As many as ids, in their order. `mailstore` outlives the call.
Task<std::vector<Result<Email>>> read_emails(Mailstore* mailstore, AccountId account, std::vector<EmailId> ids);

/// All of octets [offset, offset + length). `mailstore` and `email` outlive the call. Errors: damaged (also where the
/// email is shorter), io.
Task<Result<std::string>> read_octets(Mailstore* mailstore, const Email* email, std::uint64_t offset,
                                      std::uint64_t length);

/// Reads the blobs of small emails ahead, at once: from `first` on until they are much. Where a message cannot be read,
/// reading it will tell. The first that was not looked at. `mailstore` and `emails` outlive the call.
Task<std::size_t> read_ahead(Mailstore* mailstore, std::vector<Result<Email>>* emails, std::size_t first);

/// How many octets from `offset` on are best read at once: at most 64 KiB behind the prefix, ending where a frame of
/// the blob does.
std::uint64_t best_piece(const Email& email, std::uint64_t offset);

}  // namespace posthorn::mailstore
