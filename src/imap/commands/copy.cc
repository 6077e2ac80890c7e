// COPY and MOVE, RFC 9051 6.4.7 and 6.4.8, with the COPYUID of RFC 4315 3.
#include "mailstore/copy.h"

#include "imap/commands/commands.h"
#include "imap/server/error_table.h"
#include "imap/server/session.h"
#include "imap/server/updates.h"
#include "imap/syntax/command_args.h"

namespace posthorn::imap::commands {
namespace {

// The sets are told in the order of UIDs, in which both are ascending: the first of one is the first of the other.
std::optional<ResponseCode> copy_uid(const mailstore::CopyOutcome& outcome) {
  if (outcome.uids.empty()) return std::nullopt;
  UidSet from, to;
  for (const auto& [source, copy] : outcome.uids) {
    from.add(source);
    to.add(copy);
  }
  return ResponseCode::of_copy_uid(outcome.uid_validity, from, to);
}

net::Task<Result<mailstore::CopyOutcome>> transfer(Session* session, mailstore::UidSet uids, std::string to,
                                                   bool is_move, bool wants_all) {
  const auto version = session->account()->published();
  const mailstore::Mailbox* target = version->find(to);
  if (target == nullptr) co_return base::fail(Code::not_found, "There is no such mailbox");
  co_return co_await mailstore::copy(session->mailstore(), session->selected()->mailbox(), std::move(uids),
                                     session->account(), target->id, is_move, wants_all);
}

net::Task<Reply> run(Session* session, Command command, bool is_move) {
  const auto args = arguments<CopyArgs>(command);
  if (!args) co_return reply_to(args.error());
  const auto messages = session->selected()->resolve(args->messages, command.is_uid);
  if (!messages) co_return reply_to(messages.error());
  // UIDs that are not there are passed over (RFC 3501 6.4.8); iOS would try again for ever were it told NO ("Moving
  // messages"). Whoever names numbers believes in every one of them: then
  // it is all or none, as the client may delete next what it takes for copied.
  const auto outcome = co_await transfer(session, uids_of(*messages), args->mailbox.utf8(), is_move, !command.is_uid);
  if (!outcome && outcome.error().code == Code::conflict)
    co_return Reply{Condition::no, ResponseCode{"EXPUNGEISSUED"}, "Some of the messages were expunged meanwhile"};
  if (!outcome) co_return reply_to(outcome.error(), Phase::target);
  auto code = copy_uid(*outcome);
  if (!is_move) co_return Reply{Condition::ok, std::move(code), "COPY completed"};
  // RFC 6851 4.3: before the EXPUNGEs, so that the client knows where its messages went.
  if (code) StatusResponse{.code = std::move(code), .text = "Moved"}.print(session->out());
  co_return co_await removal_reply(session, !outcome->uids.empty(), "MOVE completed");
}

}  // namespace

net::Task<Reply> copy(Session* session, Command command) { co_return co_await run(session, std::move(command), false); }

net::Task<Reply> move(Session* session, Command command) { co_return co_await run(session, std::move(command), true); }

}  // namespace posthorn::imap::commands
