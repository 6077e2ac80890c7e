// The trace fields that we put before a message. RFC 5321 4.4.
#pragma once

#include <string>

#include "base/clock.h"
#include "smtp/server/intake.h"
#include "smtp/syntax/path.h"

namespace posthorn::mta {

/// What the fields tell, besides the session.
struct Trace {
  std::string hostname;  ///< ours
  std::string id;        ///< the message's, as in the log
  smtp::ReversePath reverse_path;
  std::string recipient;  ///< for the `for` clause; "" leaves it out, as it must with several
  WallTime time;
};

/// "Return-Path: <...>" and "Received: from ...", folded, each line ending with CRLF. An authenticated sender's
/// address is not told to the recipients.
std::string trace_fields(const smtp::SessionInfo& session, const Trace& trace);

}  // namespace posthorn::mta
