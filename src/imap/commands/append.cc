// APPEND, RFC 9051 6.3.12. The message goes from the stream into a MessageWriter and is never in memory as a whole.
#include "mailstore/append.h"

#include "imap/commands/commands.h"
#include "imap/commands/flag_names.h"
#include "imap/server/error_table.h"
#include "imap/server/session.h"
#include "imap/syntax/command_args.h"
#include "mailstore/quota.h"

namespace posthorn::imap::commands {
namespace {

class WriterSink final : public net::Sink {
 public:
  explicit WriterSink(mailstore::MessageWriter* writer) : writer_(writer) {}
  bool push(std::string_view bytes) override { return writer_->feed(bytes); }
  Task<> drained() override { co_await writer_->drained(); }

 private:
  mailstore::MessageWriter* writer_;
};

Reply no_target() { return reply_to({Code::not_found, "There is no such mailbox"}, Phase::target); }

/// Why the message is not wanted at all, before any of its bytes was asked for.
std::optional<Reply> refusal(Session* session, const AppendArgs& args, const mailstore::Mailbox* mailbox) {
  if (mailbox == nullptr) return no_target();
  if (args.message.literal.size > session->config().longest_message)
    return reply_to({Code::too_big, "The message is too large"});
  if (args.message.literal.size == 0) return Reply::no("An empty message is not kept");
  if (!session->mailstore()->store().has_room()) return reply_to({Code::full_disk, "The server's disk is full"});
  return std::nullopt;
}

}  // namespace

net::Task<Reply> append(Session* session, Command command) {
  const auto args = arguments<AppendArgs>(command);
  if (!args) co_return reply_to(args.error());
  const auto version = session->account()->published();
  const mailstore::Mailbox* mailbox = version->find(args->mailbox.utf8());
  if (auto refused = refusal(session, *args, mailbox)) co_return *std::move(refused);
  // Held while the message comes, so that neither others nor it find the room taken.
  const auto room = mailstore::QuotaReservation::make(session->account(), args->message.literal.size);
  if (!room) co_return reply_to(room.error());
  mailstore::MessageWriter writer(*session->mailstore(), "");
  WriterSink sink(&writer);
  co_await session->reader().read_message(&sink);
  if (const auto ended = co_await session->reader().end_message(); !ended) co_return reply_to(ended.error());
  auto message = co_await writer.finish();
  if (!message) co_return reply_to(message.error());
  mailstore::Addition addition{.message = std::move(*message),
                               .target = {.account = session->account(),
                                          .mailbox = mailbox->id,
                                          .flags = flag_names(args->message.flags),
                                          .received = args->message.date ? args->message.date->instant : wall_now()}};
  std::vector<mailstore::Addition> additions;
  additions.push_back(std::move(addition));
  const auto added = co_await mailstore::append(session->mailstore(), std::move(additions));
  if (!added) co_return reply_to(added.error(), Phase::target);
  UidSet uids;
  uids.add(added->front().uid);
  co_return Reply{Condition::ok, ResponseCode::of_append_uid(added->front().uid_validity, uids), "APPEND completed"};
}

}  // namespace posthorn::imap::commands
