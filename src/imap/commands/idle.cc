// IDLE, RFC 2177. Also without a selected mailbox, where there is nothing to tell.
//
// iOS 18 and Apple Mail send DONE and further commands at once, without waiting for "+" or for each other: DONE is a
// line like any other, and what comes behind it is read as the next command.
//
// While it waits it holds no buffer, only the frames of a few coroutines and the watch.
#include "imap/commands/idle.h"
#include "base/metrics.h"
#include "imap/commands/commands.h"
#include "imap/server/session.h"
#include "imap/server/updates.h"

namespace posthorn::imap::commands {
namespace {

metrics::Gauge idling_sessions("posthorn_imap_idle_sessions", "Sessions that wait in IDLE.");

}  // namespace

net::Task<Reply> idle(Session* session, Command) {
  // Watched before the first look, so that nothing is missed in between.
  auto watch = std::make_shared<mailstore::Watch>(session->stream()->waker());
  if (session->selected() != nullptr) session->account()->add_watch(watch);
  co_await session->send_continuation("idling");
  session->begin_idling(std::make_unique<Idling>(std::move(watch), idling_sessions));
  co_return Reply();
}

net::Task<IdleOutcome> idle_until_done(Session* session) {
  while (true) {
    co_await tell_updates(session, true);
    if (session->is_over()) co_return IdleOutcome::session_over;
    co_await session->flush();
    const net::Line line = co_await session->read_response(session->config().idle_timeout, true);
    if (line.end != net::Line::End::woken)
      co_return iequals(line.text, "DONE") ? IdleOutcome::done : IdleOutcome::other_line;
  }
}

Reply idle_reply(IdleOutcome outcome) {
  switch (outcome) {
    case IdleOutcome::done: return Reply::ok("IDLE completed");
    case IdleOutcome::other_line: return Reply::bad("DONE was expected");
    case IdleOutcome::session_over: break;
  }
  return Reply::no("IDLE ended");
}

}  // namespace posthorn::imap::commands
