// APPEND, RFC 9051 6.3.12, RFC 3502 (several messages), RFC 3516 4.4 and RFC 6855 4 (literal8). A message goes from the
// stream into a MessageWriter; a large one is never in memory as a whole.
#include "mailstore/append.h"

#include "base/metrics.h"
#include "imap/commands/commands.h"
#include "imap/commands/flag_names.h"
#include "imap/server/error_table.h"
#include "imap/server/session.h"
#include "imap/syntax/command_args.h"
#include "mailstore/quota.h"

namespace posthorn::imap::commands {
namespace {

metrics::Counter appended("posthorn_imap_appended_messages_total", "Messages that APPEND has added.");
metrics::Counter appended_bytes("posthorn_imap_appended_bytes_total", "Bytes of those messages.");

class WriterSink final : public net::Sink {
 public:
  explicit WriterSink(mailstore::MessageWriter* writer) : writer_(writer) {}
  bool push(std::string_view bytes) override { return writer_->feed(bytes); }
  Task<> drained() override { co_await writer_->drained(); }

 private:
  mailstore::MessageWriter* writer_;
};

/// The bounds of one command: messages, and bytes of those that are small enough to wait in memory.
constexpr std::size_t kMostMessages = 10'000;
constexpr std::size_t kMostInMemory = 32 << 20;

Reply no_target() { return reply_to({Code::not_found, "There is no such mailbox"}, Phase::target); }

/// The messages of one command until they are added, all or none (RFC 3502 6.3.11).
class Batch {
 public:
  Batch(Session* session, MailboxId mailbox) : session_(session), mailbox_(mailbox) {}

  /// Why the message is not wanted, before any of its bytes was asked for; else the room for it is taken, so that
  /// neither others nor the next message find it free.
  std::optional<Reply> objection_to(const AppendMessage& message) {
    const std::uint64_t size = message.literal.size;
    if (message.is_utf8 && !session_->enabled().takes_utf8()) return Reply::bad("Say ENABLE UTF8=ACCEPT first");
    if (size > session_->config().longest_message) return reply_to({Code::too_big, "The message is too large"});
    if (size == 0) return Reply::no("An empty message is not kept");
    if (additions_.size() >= kMostMessages || in_memory_ > kMostInMemory)
      return reply_to({Code::too_big, "These are too many messages for one command"});
    if (const auto may = mailstore::MessageWriter::may_begin(session_->mailstore()->store()); !may)
      return reply_to(may.error());
    auto room = mailstore::QuotaReservation::make(session_->account(), size);
    if (!room) return reply_to(room.error());
    rooms_.push_back(std::move(*room));
    return std::nullopt;
  }

  /// Reads the message's bytes. Errors: the store's.
  net::Task<Result<void>> read(AppendMessage message) {
    mailstore::MessageWriter writer(*session_->mailstore(), "");
    WriterSink sink(&writer);
    co_await session_->reader().read_message(&sink);
    auto written = co_await writer.finish();
    if (!written) co_return base::fail(written);
    bytes_ += message.literal.size;
    if ((*written)->bytes) in_memory_ += (*written)->bytes->size();
    additions_.push_back({.message = std::move(*written),
                          .target = {.account = session_->account(),
                                     .mailbox = mailbox_,
                                     .flags = flag_names(message.flags),
                                     .received = message.date ? message.date->instant : wall_now()}});
    co_return Result<void>();
  }

  net::Task<Reply> add() {
    const auto added = co_await mailstore::append(session_->mailstore(), std::move(additions_));
    if (!added) co_return reply_to(added.error(), Phase::target);
    appended.add(added->size());
    appended_bytes.add(bytes_);
    UidSet uids;
    for (const auto& to : *added) uids.add(to.uid);
    co_return Reply{Condition::ok, ResponseCode::of_append_uid(added->front().uid_validity, uids), "APPEND completed"};
  }

 private:
  Session* session_;
  MailboxId mailbox_;
  std::vector<mailstore::Addition> additions_;
  std::vector<mailstore::QuotaReservation> rooms_;
  std::size_t in_memory_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace

net::Task<Reply> append(Session* session, Command command) {
  const auto args = arguments<AppendArgs>(command);
  if (!args) co_return reply_to(args.error());
  const auto version = session->account()->published();
  const mailstore::Mailbox* mailbox = version->find(args->mailbox.utf8());
  if (mailbox == nullptr) co_return no_target();
  Batch batch(session, mailbox->id);
  for (std::optional<AppendMessage> message = args->message; message;) {
    if (auto objection = batch.objection_to(*message)) co_return *std::move(objection);
    const auto read = co_await batch.read(*message);
    // The next is read even then, so that it is known what else the client sends.
    auto next = co_await session->reader().next_message(message->is_utf8);
    if (!next) co_return reply_to(next.error());
    if (!read) co_return reply_to(read.error());
    message = std::move(*next);
  }
  co_return co_await batch.add();
}

}  // namespace posthorn::imap::commands
