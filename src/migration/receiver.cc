#include "migration/receiver.h"

#include <algorithm>
#include <map>
#include <set>

#include "codec/crc32c.h"
#include "mailstore/import_marks.h"
#include "mailstore/mailboxes.h"
#include "mailstore/set_flags.h"
#include "mailstore/take_over.h"
#include "migration/frames.h"

namespace posthorn::migration {
namespace {

using mailstore::FlagNames;
using net::Task;

/// The command commits long before; what comes from a socket is bounded all the same.
constexpr std::size_t kMostMessages = 10'000;
constexpr std::size_t kMostInMemory = 64 << 20;
/// Sizes are 32 bits wide in IMAP (RFC 9051 9) and in the store.
constexpr std::uint64_t kLargestMessage = 0x7fff'ffff;

std::uint32_t fingerprint(FlagNames flags) {
  std::ranges::sort(flags.keywords);
  std::string text(1, static_cast<char>(flags.system));
  for (const auto& keyword : flags.keywords) text += keyword + '\0';
  return codec::crc32c(text);
}

class Receiver {
 public:
  Receiver(mailstore::Mailstore* mailstore, mailstore::AccountPtr account, std::string owner, Channel* channel)
      : mailstore_(mailstore), account_(std::move(account)), owner_(std::move(owner)), channel_(channel) {}

  Task<Result<void>> run() {
    while (true) {
      auto frame = channel_->read();
      if (!frame && frame.error().code == Code::closed) co_return Result<void>();
      if (!frame) co_return fail(frame);
      const auto done = co_await take(*std::move(frame));
      if (done) continue;
      (void)channel_->write(kind::kError, done.error().text);
      (void)channel_->flush();
      co_return done;
    }
  }

 private:
  struct Changed {
    Uid uid;
    std::string mark_key;
    FlagNames flags;
  };

  Task<Result<void>> take(Frame frame) {
    switch (frame.kind) {
      case kind::kMailbox: co_return co_await open(std::move(frame.payload));
      case kind::kOffer: co_return judge(frame.payload);
      case kind::kMessage: co_return co_await receive(std::move(frame.payload));
      case kind::kCommit: co_return co_await commit();
      case kind::kRaise: co_return co_await raise(std::move(frame.payload));
      case kind::kFinish: co_return co_await finish(std::move(frame.payload));
      case kind::kSubscribe: co_return co_await subscribe(std::move(frame.payload));
      default: co_return fail(Code::invalid, "an unknown frame");
    }
  }

  Task<Result<void>> subscribe(std::string name) {
    co_return co_await mailstore::set_subscribed(mailstore_, account_, std::move(name), true);
  }

  /// The mailbox asked for, made where it is missing.
  Task<Result<MailboxId>> find_or_make(const MailboxAsked* asked) {
    const auto version = account_->published();
    if (asked->special_use != mailstore::SpecialUse::none)
      for (const auto& mailbox : version->mailboxes)
        if (mailbox->special_use == asked->special_use) co_return mailbox->id;
    if (const auto* mailbox = version->find(asked->name)) co_return mailbox->id;
    auto made = co_await mailstore::create_mailbox(mailstore_, account_, asked->name, asked->special_use);
    if (made || made.error().code != Code::already_exists) co_return made;
    const auto now = account_->published();
    const auto* mailbox = now->find(asked->name);
    if (mailbox == nullptr) co_return fail(Code::conflict, "the mailbox was removed just now");
    co_return mailbox->id;
  }

  Task<Result<void>> open(std::string payload) {
    const auto asked = decode<MailboxAsked>(payload);
    if (!asked) co_return fail(asked);
    if (!additions_.empty() || !changed_.empty())
      co_return fail(Code::invalid, "a mailbox before the last is committed");
    const auto id = co_await find_or_make(&*asked);
    if (!id) co_return fail(id);
    mailbox_ = *id;
    MailboxOpened opened;
    if (!asked->uid_validity.is_zero()) {
      const auto kept =
          co_await mailstore::take_over_uid_validity(mailstore_, account_, mailbox_, owner_, asked->uid_validity);
      if (!kept) co_return fail(kept);
      opened.keeps_uids = *kept;
    }
    keeps_uids_ = opened.keeps_uids;
    const auto version = account_->published();
    const auto* mailbox = version->find(mailbox_);
    if (mailbox == nullptr) co_return fail(Code::not_found, "the mailbox is gone");
    if (asked->is_subscribed)
      if (auto done = co_await subscribe(mailbox->name); !done) co_return done;
    prefix_ = mailstore::import_prefix(account_->id(), asked->source);
    const auto has_marks = mailstore::has_import_marks(mailstore_->store(), prefix_);
    if (!has_marks) co_return fail(has_marks);
    auto text = mailstore::read_import_text(mailstore_->store(), prefix_);
    if (!text) co_return fail(text);
    opened.name = mailbox->name;
    opened.uid_validity = mailbox->uid_validity;
    opened.has_marks = *has_marks;
    opened.text = std::move(*text);
    co_return channel_->write(kind::kOpened, encode(opened));
  }

  Result<void> judge(const std::string& payload) {
    auto told = decode<MessageTold>(payload);
    if (!told) return fail(told);
    auto mark_key = mailstore::import_mark_key(prefix_, told->key);
    const auto row = mailstore_->store().get(mark_key);
    if (!row) return fail(row);
    if (!*row) return channel_->write(kind::kVerdict, "w");
    const auto mark = mailstore::decode_import_mark(**row);
    if (!mark) return fail(mark);
    drop_bad_keywords(told->flags);
    if (mark->flags != fingerprint(told->flags) && mark->mailbox == mailbox_)
      changed_.push_back({mark->uid, std::move(mark_key), std::move(told->flags)});
    return channel_->write(kind::kVerdict, "k");
  }

  Task<Result<void>> receive(std::string payload) {
    auto told = decode<MessageTold>(payload);
    if (!told) co_return fail(told);
    if (additions_.size() >= kMostMessages || in_memory_ > kMostInMemory)
      co_return fail(Code::too_many, "too many messages before a commit");
    mailstore::MessageWriter writer(*mailstore_, "");
    while (true) {
      auto frame = channel_->read();
      if (!frame) co_return fail(frame);
      if (frame->kind == kind::kBroken) co_return Result<void>();
      if (frame->kind == kind::kEnd) break;
      if (frame->kind != kind::kBytes) co_return fail(Code::invalid, "a message is interrupted");
      if (writer.size() > kLargestMessage) continue;
      if (!writer.feed(frame->payload)) co_await writer.drained();
    }
    if (writer.size() == 0 || writer.size() > kLargestMessage) {
      committed_.refused.push_back({told->key, writer.size() == 0 ? "it is empty" : "it is too large"});
      co_return Result<void>();
    }
    auto message = co_await writer.finish();
    if (!message) co_return fail(message);
    if ((*message)->bytes) in_memory_ += (*message)->bytes->size();
    drop_bad_keywords(told->flags);
    const auto flags = fingerprint(told->flags);
    additions_.push_back({.message = std::move(*message),
                          .target = {.account = account_,
                                     .mailbox = mailbox_,
                                     .flags = std::move(told->flags),
                                     .received = told->received,
                                     .uid = keeps_uids_ ? told->uid : Uid()},
                          .origin = mailstore::Origin{mailstore::import_mark_key(prefix_, told->key), flags,
                                                      std::move(told->pop3_unique_id)}});
    keys_.push_back(std::move(told->key));
    co_return Result<void>();
  }

  /// Those for which the account's table has no room.
  void drop_bad_keywords(FlagNames& flags) {
    const auto version = account_->published();
    std::erase_if(flags.keywords, [&](const std::string& keyword) {
      if (version->keywords->find(keyword) || new_keywords_.contains(to_lower(keyword))) return false;
      if (version->keywords->size() + new_keywords_.size() < mailstore::kMostKeywords - 1) {
        new_keywords_.insert(to_lower(keyword));
        return false;
      }
      ++committed_.dropped_keywords;
      return true;
    });
  }

  Task<Result<void>> commit() {
    if (auto done = co_await add(); !done) co_return done;
    if (auto done = co_await change_flags(); !done) co_return done;
    new_keywords_.clear();
    co_return channel_->write(kind::kCommitted, encode(std::exchange(committed_, {})));
  }

  Task<Result<void>> add() {
    auto additions = std::exchange(additions_, {});
    auto keys = std::exchange(keys_, {});
    in_memory_ = 0;
    if (additions.empty()) co_return Result<void>();
    if (!mailstore_->store().has_room()) co_return fail(Code::full_disk, "the server's disk is full");
    auto copy = additions;
    const auto added = co_await mailstore::append(mailstore_, std::move(copy));
    if (added) {
      note(*added, &keys);
      co_return Result<void>();
    }
    if (added.error().code != Code::over_quota) co_return fail(added);
    // As many as fit.
    for (std::size_t i = 0; i < additions.size(); ++i) {
      std::vector<mailstore::Addition> one(1, additions[i]);
      const auto alone = co_await mailstore::append(mailstore_, std::move(one));
      if (!alone) co_return co_await give_up(alone.error());
      std::vector<std::string> key(1, keys[i]);
      note(*alone, &key);
    }
    co_return Result<void>();
  }

  /// What is in force is told before the error.
  Task<Result<void>> give_up(Error error) {
    if (auto told = channel_->write(kind::kCommitted, encode(std::exchange(committed_, {}))); !told) co_return told;
    co_return std::unexpected(std::move(error));
  }

  void note(const std::vector<mailstore::AppendedTo>& added, std::vector<std::string>* keys) {
    for (std::size_t i = 0; i < added.size(); ++i) {
      if (added[i].uid.is_zero())
        committed_.without_uids.push_back(std::move((*keys)[i]));
      else
        ++committed_.added;
    }
  }

  /// Messages whose flags have become the same ones there share a change here.
  Task<Result<void>> change_flags() {
    std::map<std::pair<std::uint8_t, std::vector<std::string>>, std::vector<Uid>> groups;
    store::Commit marks;
    for (auto& one : std::exchange(changed_, {})) {
      marks.put(one.mark_key, mailstore::encode_import_mark({mailbox_, one.uid, fingerprint(one.flags)}));
      std::ranges::sort(one.flags.keywords);
      groups[{one.flags.system, std::move(one.flags.keywords)}].push_back(one.uid);
      ++committed_.changed;
    }
    if (groups.empty()) co_return Result<void>();
    const auto open = co_await mailstore_->open_mailbox(account_, mailbox_);
    if (!open) co_return fail(open);
    for (auto& [flags, uids] : groups) {
      const auto done = co_await mailstore::set_flags(mailstore_, *open,
                                                      {.uids = mailstore::UidSet::of(std::move(uids)),
                                                       .op = mailstore::FlagsOp::replace,
                                                       .flags = {flags.first, flags.second},
                                                       .unchanged_since = {}});
      if (!done) co_return fail(done);
    }
    co_return mailstore_->store().commit(std::move(marks));
  }

  Task<Result<void>> raise(std::string payload) {
    const auto uid_next = decode<Uid>(payload);
    if (!uid_next) co_return fail(uid_next);
    if (auto done = co_await add(); !done) co_return done;
    co_return co_await settle_uids(*uid_next, {});
  }

  Task<Result<void>> settle_uids(Uid uid_next, std::vector<Uid> taken) {
    if (!keeps_uids_) co_return Result<void>();
    const auto open = co_await mailstore_->open_mailbox(account_, mailbox_);
    if (!open) co_return fail(open);
    auto uids = mailstore::UidSet::of(std::move(taken));
    const auto given = co_await mailstore::give_new_uids(mailstore_, *open, uid_next, std::move(uids));
    if (!given) co_return fail(given);
    co_return Result<void>();
  }

  Task<Result<void>> finish(std::string payload) {
    const auto finished = decode<MailboxFinished>(payload);
    if (!finished) co_return fail(finished);
    if (auto done = co_await add(); !done) co_return done;
    if (auto done = co_await change_flags(); !done) co_return done;
    if (auto done = co_await settle_uids(finished->uid_next, finished->taken); !done) co_return done;
    keeps_uids_ = false;  // what still comes is what had no UID to be had
    store::Commit text;
    text.put(prefix_, mailstore::encode_import_text(finished->text));
    if (auto done = mailstore_->store().commit(std::move(text)); !done) co_return done;
    co_return channel_->write(kind::kCommitted, encode(std::exchange(committed_, {})));
  }

  mailstore::Mailstore* const mailstore_;
  const mailstore::AccountPtr account_;
  const std::string owner_;
  Channel* const channel_;

  MailboxId mailbox_;
  bool keeps_uids_ = false;
  std::string prefix_;
  std::vector<mailstore::Addition> additions_;
  std::vector<std::string> keys_;  ///< of additions_
  std::size_t in_memory_ = 0;
  std::vector<Changed> changed_;
  std::set<std::string> new_keywords_;  ///< in lower case, since the last commit
  Committed committed_;
};

}  // namespace

Task<Result<void>> receive_import(mailstore::Mailstore* mailstore, mailstore::AccountPtr account, std::string owner,
                                  Channel* channel) {
  Receiver receiver(mailstore, std::move(account), std::move(owner), channel);
  co_return co_await receiver.run();
}

}  // namespace posthorn::migration
