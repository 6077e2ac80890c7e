// An account whose base or log is damaged, put together of all that can be read: the base or its derived twin, and the
// changes behind it.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "mailstore/version.h"
#include "store/store.h"

namespace posthorn::mailstore {

struct Salvaged {
  std::shared_ptr<Version> version;  ///< with its columns; there is an INBOX
  std::set<EmailId> seen;            ///< emails that were in a mailbox at some time
  ModSeq newest_row;                 ///< of the log, whether its entry could be read or not
  std::vector<std::string> lost;     ///< a line each
};

/// Total: where nothing is left, an empty account.
Salvaged salvage(const store::View& view, AccountId account);

/// The mailbox for what no mailbox names any more.
inline constexpr const char* kRecovered = "Recovered";
/// It, made where `version` has none.
MailboxId recovered_mailbox(std::shared_ptr<Version>& version, WallTime time);

}  // namespace posthorn::mailstore
