// What is announced, RFC 9051 6.1.1: no more and no less than what is there on this connection as it is now.
#pragma once

#include <string>
#include <vector>

namespace posthorn::imap {

class Session;

std::vector<std::string> capabilities(const Session& session);

}  // namespace posthorn::imap
