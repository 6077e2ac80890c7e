// IDLE, RFC 2177. Also without a selected mailbox, where there is nothing to tell.
//
// iOS 18 and Apple Mail send DONE and further commands at once, without waiting for "+" or for each other: DONE is a
// line like any other, and what comes behind it is read as the next command.
//
// While it waits it holds no buffer, only the frames of a few coroutines and the watch.
#include "base/metrics.h"
#include "imap/commands/commands.h"
#include "imap/server/session.h"
#include "imap/server/updates.h"

namespace posthorn::imap::commands {
namespace {

metrics::Gauge idling("posthorn_imap_idle_sessions", "Sessions that wait in IDLE.");

}  // namespace

net::Task<Reply> idle(Session* session, Command) {
  const metrics::Gauge::Held counted(idling);
  // Watched before the first look, so that nothing is missed in between.
  const auto watch = std::make_shared<mailstore::Watch>(session->stream()->waker());
  if (session->selected() != nullptr) session->account()->add_watch(watch);
  co_await session->send_continuation("idling");
  while (true) {
    co_await tell_updates(session, true);
    if (session->is_over()) co_return Reply::no("IDLE ended");
    co_await session->flush();
    const net::Line line = co_await session->read_response(session->config().idle_timeout, true);
    if (line.end == net::Line::End::woken) continue;
    if (!iequals(line.text, "DONE")) co_return Reply::bad("DONE was expected");
    co_return Reply::ok("IDLE completed");
  }
}

}  // namespace posthorn::imap::commands
