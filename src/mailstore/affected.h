// Whose messages have a body: for those who tell that it is damaged.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/id.h"
#include "store/store.h"

namespace posthorn::mailstore {

/// "ann@example.org: INBOX: UID 12,15", a line a mailbox; `name_of` names accounts. What cannot be read is left out.
std::vector<std::string> messages_of(const store::View& view, const std::vector<store::Digest>& bodies,
                                     const std::function<std::string(AccountId)>& name_of);

}  // namespace posthorn::mailstore
