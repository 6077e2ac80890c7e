// STORE, RFC 9051 6.4.6, with UNCHANGEDSINCE of RFC 7162 3.1.3.
#include "imap/commands/commands.h"
#include "imap/commands/flag_names.h"
#include "imap/server/error_table.h"
#include "imap/server/session.h"
#include "imap/server/updates.h"
#include "imap/syntax/command_args.h"
#include "imap/syntax/modifiers.h"
#include "mailstore/set_flags.h"

namespace posthorn::imap::commands {
namespace {

struct StoreArgs {
  SequenceSet messages;
  StoreModifiers modifiers;
  StoreFlags change;

  static StoreArgs parse(Lexer& in) {
    StoreArgs args;
    args.messages = SequenceSet::parse(in);
    in.sp();
    if (in.peek() == '(') {
      args.modifiers = StoreModifiers::parse(in);
      in.sp();
    }
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

/// MODIFIED: message numbers, or UIDs where the command spoke of those (RFC 7162 3.1.3).
ResponseCode modified_code(const Selected& selected, const mailstore::UidSet& modified, bool is_uid) {
  ResponseCode code{"MODIFIED"};
  const UidSet uids = to_run_set(modified);
  if (is_uid) {
    uids.print(code.argument);
    return code;
  }
  MsnSet numbers;
  for (const Stretch& s : selected.stretches_of(uids)) numbers.add(s.msn, Msn(s.msn.value() + s.count - 1));
  numbers.print(code.argument);
  return code;
}

Reply reply_of(const Selected& selected, const mailstore::FlagsOutcome& outcome, bool is_uid, bool has_lost) {
  std::optional<ResponseCode> modified;
  if (!outcome.modified.empty()) modified = modified_code(selected, outcome.modified, is_uid);
  if (has_lost && !is_uid)
    return {Condition::no, modified ? std::move(modified) : ResponseCode{"EXPUNGEISSUED"},
            "Some of the messages were expunged meanwhile"};
  if (modified) return {Condition::ok, std::move(modified), "Some of the messages were changed meanwhile"};
  return Reply::ok("STORE completed");
}

}  // namespace

net::Task<Reply> store(Session* session, Command command) {
  const auto args = arguments<StoreArgs>(command);
  if (!args) co_return reply_to(args.error());
  const auto messages = session->selected()->resolve(args->messages, command.is_uid);
  if (!messages) co_return reply_to(messages.error());
  const bool is_conditional = args->modifiers.unchanged_since.has_value();
  if (is_conditional) session->enable(&Enabled::condstore);
  const auto uids = uids_of(*messages);
  // What others changed before is told first: the silence below must not swallow it.
  co_await tell_updates(session, false);
  const auto mailbox = session->selected()->mailbox();
  const auto outcome = co_await mailstore::set_flags(session->mailstore(), mailbox,
                                                     {.uids = uids,
                                                      .op = op_of(args->change.mode),
                                                      .flags = flag_names(args->change.flags),
                                                      .unchanged_since = args->modifiers.unchanged_since});
  if (!outcome) co_return reply_to(outcome.error());
  co_await tell_updates(session, false, {.uids = outcome->changed, .modseq = outcome->version->modseq});
  // Flags of all messages asked for, also where nothing changed (RFC 9051 6.4.6); who hears of mod-sequences hears of
  // those in any case (RFC 7162 3.1.3).
  const UidSet done = to_run_set(uids).without(to_run_set(outcome->modified));
  const Stretches told = session->selected()->stretches_of(done);
  const Stretches changed = session->selected()->stretches_of(to_run_set(outcome->changed));
  if (!args->change.is_silent) {
    co_await tell_rows(session, &told, true);
  } else if (session->enabled().condstore) {
    co_await tell_rows(session, is_conditional ? &told : &changed, false);
  }
  const bool has_lost = !are_there(*outcome->version, mailbox->id(), uids);
  co_return reply_of(*session->selected(), *outcome, command.is_uid, has_lost);
}

}  // namespace posthorn::imap::commands
