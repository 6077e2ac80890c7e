#include "migration/importer.h"

#include <algorithm>

#include "base/text.h"
#include "imap/syntax/flags.h"
#include "imap/syntax/lexer.h"
#include "imap/syntax/list_pattern.h"

namespace posthorn::migration {
namespace {

using net::Task;

constexpr std::size_t kBatchMessages = 500;
constexpr std::size_t kBatchBytes = 1 << 20;

/// Sends to one mailbox after the other.
class Sender final : public Intake {
 public:
  Sender(Channel* channel, Progress* progress, const std::atomic<bool>* stop, Imported* imported)
      : channel_(channel), progress_(progress), stop_(stop), imported_(imported) {}

  Result<MailboxOpened> open(const SourceMailbox& mailbox, const MailboxAsked& asked) {
    if (auto sent = send(kind::kMailbox, encode(asked)); !sent) return fail(sent);
    auto payload = answer(kind::kOpened);
    if (!payload) return fail(payload);
    auto opened = decode<MailboxOpened>(*payload);
    if (!opened) return fail(opened);
    has_marks_ = opened->has_marks;
    raise_to_ = opened->keeps_uids ? mailbox.uid_next : Uid();
    place_ = mailbox.place;
    imported_->mailboxes.push_back(
        {mailbox.place, opened->name, 0, !mailbox.uid_validity.is_zero(), opened->keeps_uids});
    progress_->mailbox(mailbox, *opened);
    return opened;
  }

  /// Ends a mailbox; answers the keys of messages that are to be sent once more, and the mailbox ended after them.
  Result<std::set<std::string>> finish(const ReadTo& to) {
    if (auto done = settle(); !done) return fail(done);
    MailboxFinished finished{.uid_next = to.uid_next, .taken = {}, .text = ""};
    std::set<std::string> again;
    for (const auto& [key, uid] : std::exchange(without_uids_, {})) {
      finished.taken.push_back(uid);
      again.insert(key);
    }
    // The next reading begins where this one ended: only if nothing before is still to come.
    if (is_whole_ && again.empty()) finished.text = to.text;
    if (auto sent = send(kind::kFinish, encode(finished)); !sent) return fail(sent);
    ++awaited_;
    if (auto done = settle(); !done) return fail(done);
    imported_->new_uids += again.size();
    return again;
  }

  void begin_mailbox() { is_whole_ = true; }
  /// From now on nothing else is wanted; empty: all is.
  void want_only(std::set<std::string> keys) { only_ = std::move(keys); }

  /// Commits, and waits until everything is.
  Result<void> settle() {
    if (batch_messages_ != 0 || is_offered_)
      if (auto sent = commit(); !sent) return sent;
    while (awaited_ > 0)
      if (auto done = take_committed(); !done) return done;
    return {};
  }

  Result<void> subscribe(const std::string& name) { return send(kind::kSubscribe, name); }

  Result<bool> offer(const SourceMessage& message) override {
    if (stop_->load()) return fail(Code::cancelled, "stopped");
    if (!only_.empty() && !only_.contains(message.key)) return false;
    if (has_marks_ && only_.empty()) {
      if (auto sent = send(kind::kOffer, encode(as_told(message))); !sent) return fail(sent);
      const auto verdict = answer(kind::kVerdict);
      if (!verdict) return fail(verdict);
      if (*verdict == "k") {
        ++imported_->known;
        is_offered_ = true;
        progress_->step(1, 0);
        return false;
      }
    }
    return true;
  }

  Result<void> begin(const SourceMessage& message) override {
    // Clients may remember what is gone there under the UIDs between.
    if (message.uid.is_zero() && !raise_to_.is_zero())
      if (auto sent = send(kind::kRaise, encode(std::exchange(raise_to_, Uid()))); !sent) return sent;
    if (auto sent = send(kind::kMessage, encode(as_told(message))); !sent) return sent;
    batch_.emplace(message.key, Sent{message.uid, message.place});
    message_ = message.place;
    message_bytes_ = 0;
    last_key_ = message.key;
    return {};
  }

  Result<void> bytes(std::string_view bytes) override {
    message_bytes_ += bytes.size();
    batch_bytes_ += bytes.size();
    progress_->step(0, bytes.size());
    for (std::size_t at = 0; at < bytes.size(); at += kPiece)
      if (auto sent = send(kind::kBytes, bytes.substr(at, kPiece)); !sent) return sent;
    return {};
  }

  Result<void> end() override {
    if (auto sent = send(kind::kEnd); !sent) return sent;
    imported_->bytes += message_bytes_;
    ++batch_messages_;
    progress_->step(1, 0);
    return batch_messages_ >= kBatchMessages || batch_bytes_ >= kBatchBytes ? commit() : Result<void>();
  }

  Result<void> broken(const std::string& why) override {
    batch_.erase(last_key_);
    refuse(message_, why);
    progress_->step(1, 0);
    return send(kind::kBroken);
  }

  void refuse(const std::string& place, const std::string& why) override {
    is_whole_ = false;
    Imported::Refused refused{place_, place, why};
    progress_->refused(refused);
    if (imported_->refused.size() < Imported::kMostListed)
      imported_->refused.push_back(std::move(refused));
    else
      ++imported_->not_listed;
  }

  void passed(std::uint64_t bytes) override { progress_->step(0, bytes); }

 private:
  struct Sent {
    Uid uid;
    std::string place;
  };
  static constexpr std::size_t kPiece = 256 * 1024;

  static MessageTold as_told(const SourceMessage& message) {
    MessageTold told{message.key, message.uid, message.flags, message.received, message.pop3_unique_id};
    std::erase_if(told.flags.keywords, [](const std::string& k) { return !is_keyword(k); });
    return told;
  }

  /// RFC 9051 9, flag-keyword; those of other servers that begin with '\' are none here.
  static bool is_keyword(const std::string& k) {
    return !k.empty() && k.size() <= imap::FlagList::kMaxKeyword && std::ranges::all_of(k, imap::is_atom_char);
  }

  /// A server that gives up says why before it closes.
  Result<void> send(char kind, std::string_view payload = {}) {
    auto sent = channel_->write(kind, payload);
    if (sent || sent.error().code != Code::closed) return sent;
    while (awaited_ > 0)
      if (auto done = take_committed(); !done) return done;
    const auto last = answer(kind::kError);
    return fail(last);
  }

  /// Commits that are answered meanwhile are noted.
  Result<std::string> answer(char kind) {
    while (true) {
      auto frame = channel_->read();
      if (!frame && frame.error().code == Code::closed)
        return fail(Code::closed, "the server ended; what it has is kept, and the same command goes on from there");
      if (!frame) return fail(frame);
      if (frame->kind == kind::kError) return fail(Code::unavailable, frame->payload);
      if (frame->kind == kind) return std::move(frame->payload);
      if (frame->kind != kind::kCommitted || awaited_ == 0) return fail(Code::internal, "an unexpected frame");
      if (auto done = note(frame->payload); !done) return fail(done);
    }
  }

  /// One commit is under way while the next messages are read.
  Result<void> commit() {
    if (awaited_ > 0)
      if (auto done = take_committed(); !done) return done;
    if (auto sent = send(kind::kCommit); !sent) return sent;
    if (auto sent = channel_->flush(); !sent) return sent;
    ++awaited_;
    committing_ = std::exchange(batch_, {});
    batch_messages_ = batch_bytes_ = 0;
    is_offered_ = false;
    return {};
  }

  Result<void> take_committed() {
    const auto payload = answer(kind::kCommitted);
    return payload ? note(*payload) : fail(payload);
  }

  Result<void> note(const std::string& payload) {
    const auto committed = decode<Committed>(payload);
    if (!committed) return fail(committed);
    if (awaited_ > 0) --awaited_;
    imported_->messages += committed->added;
    imported_->mailboxes.back().added += committed->added;
    imported_->changed += committed->changed;
    imported_->dropped_keywords += committed->dropped_keywords;
    const auto sent_as = [this](const std::string& key) -> const Sent* {
      for (const auto* sent : {&committing_, &batch_})
        if (const auto it = sent->find(key); it != sent->end()) return &it->second;
      return nullptr;
    };
    for (const auto& key : committed->without_uids)
      if (const auto* sent = sent_as(key)) without_uids_.emplace(key, sent->uid);
    for (const auto& [key, why] : committed->refused)
      if (const auto* sent = sent_as(key)) refuse(sent->place, why);
    return {};
  }

  Channel* const channel_;
  Progress* const progress_;
  const std::atomic<bool>* const stop_;
  Imported* const imported_;

  std::string place_;
  bool has_marks_ = false;
  Uid raise_to_;
  bool is_whole_ = true;     ///< nothing of the mailbox was refused
  bool is_offered_ = false;  ///< the server may have flags to change
  std::set<std::string> only_;
  std::map<std::string, Sent> batch_, committing_;
  std::map<std::string, Uid> without_uids_;
  std::size_t batch_messages_ = 0, batch_bytes_ = 0;
  int awaited_ = 0;  ///< commits that are not answered yet
  std::string message_, last_key_;
  std::uint64_t message_bytes_ = 0;
};

MailboxAsked asked_for(const SourceMailbox& mailbox, const ImportOptions& options) {
  MailboxAsked asked{.source = options.source_name + '\0' + mailbox.place,
                     .name = mailbox.name,
                     .special_use = mailbox.special_use,
                     .uid_validity = mailbox.uid_validity,
                     .is_subscribed = mailbox.is_subscribed};
  for (const auto& [from, to] : options.folder_map) {
    const bool is_below = mailbox.name.starts_with(from + "/");
    if (mailbox.name != from && !is_below) continue;
    asked.name = to + mailbox.name.substr(from.size());
    asked.special_use = mailstore::SpecialUse::none;
    break;
  }
  if (!options.into.empty()) {
    asked.name = options.into + (asked.name == "INBOX" ? "" : "/" + asked.name);
    asked.special_use = mailstore::SpecialUse::none;
  }
  asked.name = acceptable_name(asked.name);
  return asked;
}

Task<Result<void>> import_one(Source* source, const SourceMailbox* mailbox, const ImportOptions* options,
                              Sender* sender) {
  const auto opened = sender->open(*mailbox, asked_for(*mailbox, *options));
  if (!opened) co_return fail(opened);
  sender->begin_mailbox();
  const auto read = co_await source->read(mailbox, opened->text, false, sender);
  if (!read) co_return fail(read);
  auto again = sender->finish(*read);
  if (!again) co_return fail(again);
  if (again->empty()) co_return Result<void>();
  sender->want_only(std::move(*again));
  const auto reread = co_await source->read(mailbox, "", true, sender);
  if (!reread) co_return fail(reread);
  const auto ended = sender->finish(*read);
  sender->want_only({});
  if (!ended) co_return fail(ended);
  co_return Result<void>();
}

Task<Result<void>> import_each(Source* source, const ImportOptions* options, Sender* sender, Progress* progress) {
  auto mailboxes = co_await source->mailboxes();
  if (!mailboxes) co_return fail(mailboxes);
  for (const auto& text : options->exclude) {
    const imap::ListPattern pattern("", text);
    std::erase_if(*mailboxes,
                  [&](const SourceMailbox& m) { return pattern.matches(m.name) || pattern.matches(m.place); });
  }
  std::uint64_t messages = 0, bytes = 0;
  for (const auto& m : *mailboxes) messages += m.messages, bytes += m.bytes;
  progress->total(messages, bytes);
  for (const auto& mailbox : *mailboxes)
    if (auto done = co_await import_one(source, &mailbox, options, sender); !done) co_return done;
  for (const auto& name : source->other_subscriptions())
    if (auto done = sender->subscribe(acceptable_name(name)); !done) co_return done;
  co_return Result<void>();
}

}  // namespace

Task<Result<void>> import_all(Source* source, ImportOptions options, Channel* channel, Progress* progress,
                              const std::atomic<bool>* stop, Imported* imported) {
  Sender sender(channel, progress, stop, imported);
  auto done = co_await import_each(source, &options, &sender, progress);
  // What was sent whole is kept, whatever stopped the rest.
  if (!done && done.error().code != Code::unavailable && done.error().code != Code::closed) (void)sender.settle();
  if (done) done = channel->flush();
  co_return done;
}

}  // namespace posthorn::migration
