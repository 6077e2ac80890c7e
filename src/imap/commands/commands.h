// The functions of command_table.h, one small file a family.
//
// Each parses its arguments purely, then runs as a short coroutine: it gathers untagged data in session->out() and
// returns the tagged line, which it never prints.
#pragma once

#include "imap/server/command.h"
#include "net/task.h"

namespace posthorn::imap {

class Session;

namespace commands {

net::Task<Reply> capability(Session* session, Command command);
net::Task<Reply> noop(Session* session, Command command);
net::Task<Reply> logout(Session* session, Command command);
net::Task<Reply> id(Session* session, Command command);
net::Task<Reply> enable(Session* session, Command command);

net::Task<Reply> starttls(Session* session, Command command);
net::Task<Reply> authenticate(Session* session, Command command);
net::Task<Reply> login(Session* session, Command command);

net::Task<Reply> select(Session* session, Command command);
net::Task<Reply> examine(Session* session, Command command);
net::Task<Reply> close(Session* session, Command command);
net::Task<Reply> unselect(Session* session, Command command);

net::Task<Reply> create(Session* session, Command command);
net::Task<Reply> delete_(Session* session, Command command);
net::Task<Reply> rename(Session* session, Command command);
net::Task<Reply> subscribe(Session* session, Command command);
net::Task<Reply> unsubscribe(Session* session, Command command);
net::Task<Reply> list(Session* session, Command command);
net::Task<Reply> lsub(Session* session, Command command);
net::Task<Reply> namespace_(Session* session, Command command);
net::Task<Reply> status(Session* session, Command command);

net::Task<Reply> append(Session* session, Command command);
net::Task<Reply> idle(Session* session, Command command);

net::Task<Reply> check(Session* session, Command command);
net::Task<Reply> expunge(Session* session, Command command);
net::Task<Reply> uid_expunge(Session* session, Command command);
net::Task<Reply> search(Session* session, Command command);
net::Task<Reply> fetch(Session* session, Command command);
net::Task<Reply> store(Session* session, Command command);
net::Task<Reply> copy(Session* session, Command command);
net::Task<Reply> move(Session* session, Command command);

}  // namespace commands
}  // namespace posthorn::imap
