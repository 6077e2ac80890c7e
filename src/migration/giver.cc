#include "migration/giver.h"

#include "base/bytes.h"
#include "mailstore/email.h"
#include "mailstore/email_reader.h"
#include "mailstore/pop3_marks.h"
#include "migration/frames.h"

namespace posthorn::migration {
namespace {

class Giver {
 public:
  Giver(mailstore::Mailstore* mailstore, mailstore::AccountPtr account, Channel* channel)
      : mailstore_(mailstore), account_(std::move(account)), channel_(channel) {}

  Result<void> run() {
    while (true) {
      const auto frame = channel_->read();
      if (!frame && frame.error().code == Code::closed) return {};
      if (!frame) return fail(frame);
      const auto done = take(*frame);
      if (done) continue;
      (void)channel_->write(kind::kError, done.error().text);
      (void)channel_->flush();
      return done;
    }
  }

 private:
  Result<void> take(const Frame& frame) {
    ByteReader in(frame.payload);
    switch (frame.kind) {
      case kind::kList: return list();
      case kind::kRows: return rows(MailboxId(in.u32()));
      case kind::kFetch: return fetch(Uid(in.u32()));
      default: return fail(Code::invalid, "an unknown frame");
    }
  }

  Result<void> list() {
    const auto version = account_->published();
    Listed listed;
    for (const auto& m : version->mailboxes)
      listed.mailboxes.push_back(
          {m->id.value(), m->name, m->uid_validity, m->uid_next, m->special_use, m->messages, m->bytes});
    listed.subscriptions.assign(version->subscriptions->begin(), version->subscriptions->end());
    return channel_->write(kind::kListed, encode(listed));
  }

  Result<void> rows(MailboxId mailbox) {
    auto open = mailstore_->open_mailbox_now(account_, mailbox);
    if (!open) return fail(open);
    open_ = std::move(*open);
    const auto version = open_->version();
    const auto* m = version->find(mailbox);
    if (m == nullptr || !m->columns) return fail(Code::not_found, "the mailbox is gone");
    const auto marks = mailstore::read_pop3_marks(mailstore_->store(), account_->id(), mailbox);
    if (!marks) return fail(marks);
    Result<void> outcome;
    m->columns->for_each(0, m->columns->size(), [&](const mailstore::Placement& p) {
      RowTold row{
          .uid = p.uid, .flags = {p.flags.system, {}}, .received = p.received, .size = p.size, .pop3_unique_id = ""};
      p.flags.keywords.for_each([&](auto id) { row.flags.keywords.push_back(version->keywords->name(id)); });
      if (const auto known = marks->unique_ids.find(p.uid); known != marks->unique_ids.end())
        row.pop3_unique_id = known->second;
      if (outcome) outcome = channel_->write(kind::kRow, encode(row));
    });
    if (!outcome) return outcome;
    return channel_->write(kind::kEnd);
  }

  Result<void> fetch(Uid uid) {
    const auto row = open_ ? open_->find(uid) : std::nullopt;
    if (!row) return channel_->write(kind::kBroken, "it is no longer there");
    const auto emails = mailstore::read_emails(mailstore_->store(), account_->id(), {row->email});
    if (!emails) return channel_->write(kind::kBroken, emails.error().text);
    const auto& email = emails->front();
    for (std::uint64_t at = 0; at < email.size();) {
      const auto piece =
          mailstore::read_octets(mailstore_->store(), email, at, mailstore::best_piece(email, at), store::Wait::disk);
      if (!piece || piece->empty())
        return channel_->write(kind::kBroken, piece ? "it is shorter than it was" : piece.error().text);
      if (auto done = channel_->write(kind::kBytes, *piece); !done) return done;
      at += piece->size();
    }
    return channel_->write(kind::kEnd);
  }

  mailstore::Mailstore* const mailstore_;
  const mailstore::AccountPtr account_;
  Channel* const channel_;
  mailstore::OpenMailboxPtr open_;
};

}  // namespace

Result<void> give_export(mailstore::Mailstore* mailstore, mailstore::AccountPtr account, Channel* channel) {
  return Giver(mailstore, std::move(account), channel).run();
}

}  // namespace posthorn::migration
