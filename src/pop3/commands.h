// What the rows of command_table.cc run; each in the file that its state names.
#pragma once

#include <optional>
#include <string>

#include "net/task.h"
#include "pop3/syntax.h"

namespace posthorn::pop3 {
class Session;
}

namespace posthorn::pop3::commands {

using Outcome = net::Task<std::optional<Reply>>;

// commands.cc: in any state
Outcome capa(Session* session, std::string);
Outcome quit(Session* session, std::string);
Outcome lang(Session* session, std::string language);

// authorization.cc
Outcome stls(Session* session, std::string);
Outcome utf8(Session* session, std::string);
Outcome user(Session* session, std::string name);
Outcome pass(Session* session, std::string password);
Outcome auth(Session* session, std::string arguments);

// transaction.cc
Outcome stat(Session* session, std::string);
Outcome list(Session* session, std::string number);
Outcome uidl(Session* session, std::string number);
Outcome retr(Session* session, std::string number);
Outcome top(Session* session, std::string arguments);
Outcome dele(Session* session, std::string number);
Outcome rset(Session* session, std::string);
Outcome noop(Session* session, std::string);

}  // namespace posthorn::pop3::commands
