// Reading emails and their bytes without blocking the session's thread: from memory if they are there, else from the
// disk on another thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "mailstore/email.h"
#include "net/task.h"

namespace posthorn::imap {

class Session;

/// As many as ids, in their order.
net::Task<std::vector<Result<mailstore::Email>>> read_emails(Session* session, std::vector<EmailId> ids);

/// All of octets [offset, offset + length). `email` outlives the call. Errors: damaged (also where the email is
/// shorter), io.
net::Task<Result<std::string>> read_octets(Session* session, const mailstore::Email* email, std::uint64_t offset,
                                           std::uint64_t length);

/// How many octets from `offset` on are best read at once: at most 64 KiB behind the prefix, ending where a frame of
/// the blob does.
std::uint64_t best_piece(const mailstore::Email& email, std::uint64_t offset);

}  // namespace posthorn::imap
