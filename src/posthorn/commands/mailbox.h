// What commands of several topics say of mailboxes and messages.
#pragma once

#include <boost/json.hpp>
#include <string>

#include "base/result.h"
#include "mailstore/email.h"
#include "mailstore/uid_set.h"

namespace posthorn::program {

/// As IMAP takes names. Errors: invalid.
Result<std::string> name_of_mailbox(const std::string& text);
/// As IMAP writes them: "7", "3,5:9". Errors: invalid.
Result<mailstore::UidSet> uids_of(const std::string& text);
/// From whom, and about what: as far as the email tells.
void describe(const mailstore::Email& email, boost::json::object& row);

}  // namespace posthorn::program
