// A placement: an email in a mailbox under a UID. What IMAP calls a message.
#pragma once

#include "base/clock.h"
#include "base/id.h"
#include "mailstore/flags.h"

namespace posthorn::mailstore {

struct Placement {
  Uid uid;
  EmailId email;
  Flags flags;
  ModSeq modseq;           ///< of the last change of this placement
  std::uint32_t size = 0;  ///< octets of the message as FETCH gives it (RFC822.SIZE)
  WallTime received;       ///< INTERNALDATE, RFC 9051 2.3.3; whole seconds
  WallTime saved;          ///< SAVEDATE, RFC 8514; whole seconds

  friend bool operator==(const Placement&, const Placement&) = default;
};

}  // namespace posthorn::mailstore
