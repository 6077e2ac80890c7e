// Flags as a client writes them, as the mail model wants them.
#pragma once

#include "imap/syntax/flags.h"
#include "mailstore/append.h"

namespace posthorn::imap {

mailstore::FlagNames flag_names(const FlagList& flags);

}  // namespace posthorn::imap
