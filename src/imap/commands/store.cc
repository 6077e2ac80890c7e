// STORE, RFC 9051 6.4.6.
#include "imap/commands/commands.h"
#include "imap/commands/flag_names.h"
#include "imap/server/error_table.h"
#include "imap/server/session.h"
#include "imap/server/updates.h"
#include "imap/syntax/command_args.h"
#include "mailstore/set_flags.h"

namespace posthorn::imap::commands {
namespace {

struct StoreArgs {
  SequenceSet messages;
  StoreFlags change;

  static StoreArgs parse(Lexer& in) {
    StoreArgs args;
    args.messages = SequenceSet::parse(in);
    in.sp();
    args.change = StoreFlags::parse(in);
    return args;
  }
};

mailstore::FlagsOp op_of(StoreFlags::Mode mode) {
  switch (mode) {
    case StoreFlags::Mode::add: return mailstore::FlagsOp::add;
    case StoreFlags::Mode::remove: return mailstore::FlagsOp::remove;
    case StoreFlags::Mode::replace: break;
  }
  return mailstore::FlagsOp::replace;
}

// The flags as they are now, of all messages asked for: also where nothing changed (RFC 9051 6.4.6).
net::Task<> tell_flags(Session* session, MessageWalk walk) {
  const Selected& selected = *session->selected();
  while (!walk.at_end()) {
    RowCursor rows(selected.mailbox());
    for (; !walk.at_end() && !session->is_out_full(); walk.advance())
      if (const auto row = rows.find(walk.uid()))
        print_flags_line(session->out(), walk.msn(), *row, rows.keywords(), selected.is_recent(row->uid));
    if (session->is_out_full()) co_await session->flush();
  }
}

/// Whether all of `uids` still are in the mailbox.
bool are_there(const mailstore::Version& version, MailboxId id, const mailstore::UidSet& uids) {
  const auto* mailbox = version.find(id);
  if (mailbox == nullptr || !mailbox->columns) return false;
  for (const auto& run : uids.runs()) {
    const auto from = mailbox->columns->lower_bound(Uid(run.first));
    const auto to =
        run.last == UINT32_MAX ? mailbox->columns->size() : mailbox->columns->lower_bound(Uid(run.last + 1));
    if (to - from != run.last - run.first + 1) return false;
  }
  return true;
}

}  // namespace

net::Task<Reply> store(Session* session, Command command) {
  const auto args = arguments<StoreArgs>(command);
  if (!args) co_return reply_to(args.error());
  const auto messages = session->selected()->resolve(args->messages, command.is_uid);
  if (!messages) co_return reply_to(messages.error());
  const auto uids = uids_of(*messages);
  // What others changed before is told first: the silence below must not swallow it.
  co_await tell_updates(session, false);
  const auto mailbox = session->selected()->mailbox();
  const auto outcome = co_await mailstore::set_flags(
      session->mailstore(), mailbox,
      {.uids = uids, .op = op_of(args->change.mode), .flags = flag_names(args->change.flags), .unchanged_since = {}});
  if (!outcome) co_return reply_to(outcome.error());
  co_await tell_updates(session, false, {.uids = outcome->changed, .modseq = outcome->version->modseq});
  if (!args->change.is_silent) co_await tell_flags(session, MessageWalk(&*messages));
  if (command.is_uid || are_there(*outcome->version, mailbox->id(), uids)) co_return Reply::ok("STORE completed");
  co_return Reply{Condition::no, ResponseCode{"EXPUNGEISSUED"}, "Some of the messages were expunged meanwhile"};
}

}  // namespace posthorn::imap::commands
