#include "backup/restore_receiver.h"

#include <algorithm>
#include <unordered_set>

#include "backup/restore_frames.h"
#include "base/bytes.h"
#include "codec/digest.h"
#include "mailstore/email.h"
#include "mailstore/mailboxes.h"

namespace posthorn::backup {
namespace {

using mailstore::SpecialUse;
using net::Task;

constexpr std::size_t kEmailsAtOnce = 1000;
/// Little of it makes two messages one by chance.
constexpr std::size_t kIdentitySize = 16;

/// The same for messages of the same bytes.
std::string identity(const mailstore::Email& email) {
  codec::Digest digest(codec::Hash::sha256);
  digest.update(store::view(email.digest));
  digest.update(email.prefix);
  return digest.finish().substr(0, kIdentitySize);
}

class Receiver {
 public:
  Receiver(mailstore::Mailstore* mailstore, mailstore::AccountPtr account, std::string into,
           migration::Channel* channel)
      : mailstore_(mailstore), account_(std::move(account)), into_(std::move(into)), channel_(channel) {}

  Task<Result<void>> run() {
    auto done = find_present();
    while (done) {
      auto frame = receive(*channel_);
      if (!frame && frame.error().code == Code::closed) co_return Result<void>();
      if (!frame) co_return fail(frame);
      done = co_await take(*std::move(frame));
    }
    (void)channel_->write(kind::kError, done.error().text);
    (void)channel_->flush();
    co_return done;
  }

 private:
  Result<void> find_present() {
    const auto version = account_->published();
    for (const auto& mailbox : version->mailboxes) {
      if (!into_.empty() && mailbox->name != into_) continue;
      const auto open = mailstore_->open_mailbox_now(account_, mailbox->id);
      if (!open && open.error().code == Code::not_found) continue;  // it has just been removed
      if (!open) return fail(open);
      const auto now = (*open)->version();
      const auto* opened = now->find(mailbox->id);
      std::vector<EmailId> ids;
      for (std::uint32_t n = 0; opened != nullptr && n < opened->columns->size(); ++n) {
        ids.push_back(opened->columns->at(n).email);
        if (ids.size() >= kEmailsAtOnce) note(std::exchange(ids, {}));
      }
      note(ids);
    }
    return {};
  }

  /// Those whose rows cannot be read are no reason to restore nothing.
  void note(const std::vector<EmailId>& ids) {
    std::vector<std::string> keys;
    keys.reserve(ids.size());
    for (const EmailId id : ids) keys.push_back(mailstore::email_key(account_->id(), id));
    const auto rows = mailstore_->store().multi_get(keys);
    if (!rows) return;
    for (const auto& row : *rows) {
      const auto email = row ? mailstore::decode_email(*row) : fail(Code::damaged, "missing");
      if (email) present_.insert(identity(*email));
    }
  }

  Task<Result<void>> take(migration::Frame frame) {
    switch (frame.kind) {
      case kind::kMailbox: co_return co_await open(std::move(frame.payload));
      case kind::kMessage: co_return gather(frame.payload);
      case kind::kAsk: co_return co_await judge();
      case kind::kCommit: co_return co_await commit();
      default: co_return fail(Code::invalid, "an unknown frame");
    }
  }

  /// The mailbox asked for, made where it is missing.
  Task<Result<void>> open(std::string payload) {
    auto asked = decode_mailbox(payload);
    if (!asked) co_return fail(asked);
    const auto version = account_->published();
    const auto* mailbox = version->find(asked->name);
    if (mailbox != nullptr) {
      mailbox_ = mailbox->id;
    } else {
      const bool is_taken =
          std::ranges::any_of(version->mailboxes, [&](const auto& m) { return m->special_use == asked->special_use; });
      const auto use = is_taken ? SpecialUse::none : asked->special_use;
      const auto made = co_await mailstore::create_mailbox(mailstore_, account_, asked->name, use);
      if (!made) co_return fail(made);
      mailbox_ = *made;
    }
    if (asked->is_subscribed && !version->subscriptions->contains(asked->name))
      if (auto done = co_await mailstore::set_subscribed(mailstore_, account_, asked->name, true); !done)
        co_return done;
    co_return channel_->write(kind::kDone);
  }

  Result<void> gather(const std::string& payload) {
    auto message = decode_message(payload);
    if (!message) return fail(message);
    auto email = mailstore::decode_email(message->row);
    if (!email) return fail(email);
    if (asked_.size() >= 2 * kMostMessagesAPage) return fail(Code::too_many, "too many messages at once");
    asked_.push_back({std::move(*message), std::move(*email)});
    return {};
  }

  Task<Result<void>> judge() {
    std::string verdict;
    for (const auto& asked : asked_) verdict += present_.contains(identity(asked.email)) ? kIsThere : kWanted;
    if (auto done = channel_->write(kind::kVerdict, verdict); !done) co_return done;
    for (std::size_t i = 0; i < asked_.size(); ++i) {
      if (verdict[i] != kWanted) continue;
      const auto taken = co_await take_body(&asked_[i]);
      if (!taken) co_return taken;
    }
    asked_.clear();
    co_return Result<void>();
  }

  struct Asked {
    MessageToRestore message;
    mailstore::Email email;
  };

  Task<Result<void>> take_body(Asked* asked) {
    codec::Digest digest(codec::Hash::sha256);
    std::unique_ptr<store::BlobWriter> writer;
    std::string bytes;
    std::uint64_t size = 0;
    while (true) {
      auto frame = receive(*channel_);
      if (!frame) co_return fail(frame);
      if (frame->kind == kind::kBroken) co_return Result<void>();
      if (frame->kind == kind::kEnd) break;
      if (frame->kind != kind::kBytes) co_return fail(Code::invalid, "an unknown frame");
      size += frame->payload.size();
      digest.update(frame->payload);
      bytes += frame->payload;
      if (!writer && size <= store::kLargestInlineBlob) continue;
      if (auto done = co_await spill(&writer, &bytes); !done) co_return done;
    }
    if (digest.finish() != store::view(asked->email.digest) || size != asked->email.blob_size)
      co_return fail(Code::damaged, "a body does not match its digest");
    auto message = std::make_shared<mailstore::NewMessage>();
    message->email = asked->email;
    if (writer) {
      auto staged =
          co_await mailstore_->offload().run([&writer, &asked] { return writer->finish(asked->email.digest); });
      if (!staged) co_return fail(staged);
      message->staged = *staged;
    } else {
      message->bytes = std::make_shared<const std::string>(std::move(bytes));
    }
    mailstore::Target target{.account = account_,
                             .mailbox = mailbox_,
                             .flags = asked->message.flags,
                             .received = asked->message.received,
                             .is_delivery = false};
    additions_.push_back(
        {.message = std::move(message),
         .target = std::move(target),
         .arrival = asked->email.arrival,
         .origin = mailstore::Origin{.mark_key = "", .pop3_unique_id = asked->message.pop3_unique_id}});
    co_return Result<void>();
  }

  Task<Result<void>> spill(std::unique_ptr<store::BlobWriter>* writer, std::string* bytes) {
    co_return co_await mailstore_->offload().run([this, writer, bytes]() -> Result<void> {
      if (!*writer) {
        auto begun = mailstore_->store().new_blob();
        if (!begun) return fail(begun);
        *writer = std::move(*begun);
      }
      auto done = (*writer)->append(*bytes);
      bytes->clear();
      return done;
    });
  }

  Task<Result<void>> commit() {
    const auto count = additions_.size();
    if (count != 0) {
      const auto added = co_await mailstore::append(mailstore_, std::exchange(additions_, {}));
      if (!added) co_return fail(added);
    }
    std::string out;
    put_varint(out, count);
    co_return channel_->write(kind::kDone, out);
  }

  mailstore::Mailstore* const mailstore_;
  const mailstore::AccountPtr account_;
  const std::string into_;
  migration::Channel* const channel_;
  MailboxId mailbox_;
  std::unordered_set<std::string> present_;
  std::vector<Asked> asked_;
  std::vector<mailstore::Addition> additions_;
};

}  // namespace

Task<Result<void>> receive_restore(mailstore::Mailstore* mailstore, mailstore::AccountPtr account, std::string into,
                                   migration::Channel* channel) {
  Receiver receiver(mailstore, std::move(account), std::move(into), channel);
  co_return co_await receiver.run();
}

}  // namespace posthorn::backup
