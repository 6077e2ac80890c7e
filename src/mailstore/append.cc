#include "mailstore/append.h"

#include "mailstore/import_marks.h"
#include "mailstore/pop3_marks.h"
#include "mailstore/set_flags.h"
#include "mailstore/thread.h"
#include "message/summary.h"
#include "net/memory_level.h"

namespace posthorn::mailstore {
namespace {

constexpr std::size_t kSpillAt = 256 * 1024;
/// Of each message that comes while memory is full: what is smaller is taken to its end.
constexpr std::size_t kKeptWhenFull = 16 * 1024;
constexpr std::string_view kInbox = "INBOX";
/// So that a server that counts strangely leaves UIDs for what comes.
constexpr Uid kLargestUidTaken(0xF000'0000);

std::unexpected<Error> short_of_memory() {
  return fail(Code::no_memory, "the server is short of memory, please try again later");
}

/// The additions of one account, in the order asked.
struct Share {
  AccountPtr account;
  std::vector<std::size_t> indexes;
};

/// Everything that the change function needs and leaves behind.
struct Work {
  std::vector<Addition> additions;
  std::vector<ThreadId> threads;  ///< found before, ThreadId() where a thread begins
  std::vector<Share> shares;
  std::vector<AppendedTo> outcomes;
};

std::vector<Share> shares_of(const std::vector<Addition>& additions) {
  std::vector<Share> shares;
  for (std::size_t i = 0; i < additions.size(); ++i) {
    const auto& account = additions[i].target.account;
    auto it = std::find_if(shares.begin(), shares.end(), [&](const Share& s) { return s.account == account; });
    if (it == shares.end()) it = shares.insert(shares.end(), {account, {}});
    it->indexes.push_back(i);
  }
  return shares;
}

/// What one addition puts into an account: the email's rows, its body, its placement.
class Placer {
 public:
  Placer(const Version& head, WallTime now) : head_(head), now_(now), next_email_(head.next_email) {}

  Result<AppendedTo> place(const Addition& addition, ThreadId thread) {
    const Target& target = addition.target;
    const Mailbox* mailbox = head_.find(target.mailbox);
    if (mailbox == nullptr && target.is_delivery) mailbox = head_.find(kInbox);
    if (mailbox == nullptr) return fail(Code::not_found, "the mailbox does not exist");
    auto& uid = next_uid_.try_emplace(mailbox->id, mailbox->uid_next).first->second;
    if (!target.uid.is_zero() && (target.uid < uid || target.uid > kLargestUidTaken))
      return AppendedTo{mailbox->uid_validity, Uid(), EmailId(), nullptr};
    const auto size = addition.message->email.summary.told_size;
    bytes_ += size;
    if (!target.is_delivery && head_.quota_bytes != 0 && head_.bytes + bytes_ > head_.quota_bytes)
      return fail(Code::over_quota, "the message does not fit into the account's quota");
    const auto flags = flags_of(target.flags, keywords_ ? *keywords_ : *head_.keywords, prepared.changes);
    if (!flags) return fail(flags);
    remember_keywords(target.flags);
    if (!target.uid.is_zero()) uid = target.uid;
    if (uid.value() == UINT32_MAX) return fail(Code::too_many, "the mailbox has no more UIDs");
    const EmailId id = std::exchange(next_email_, next_email_.next());
    put_email(addition, id, thread);
    if (addition.origin) put_origin(*addition.origin, mailbox->id, uid);
    prepared.changes.emplace_back(Added{mailbox->id,
                                        {.uid = uid,
                                         .email = id,
                                         .flags = *flags,
                                         .modseq = {},
                                         .size = static_cast<std::uint32_t>(size),
                                         .received = target.received,
                                         .saved = now_},
                                        true});
    return AppendedTo{mailbox->uid_validity, std::exchange(uid, uid.next()), id, nullptr};
  }

  Prepared prepared;

 private:
  void put_email(const Addition& addition, EmailId id, ThreadId thread) {
    Email email = addition.message->email;
    email.thread = thread.is_zero() ? ThreadId(id.value()) : thread;
    email.received = now_;
    email.arrival = addition.arrival;
    auto& commit = prepared.commit;
    commit.put(email_key(head_.account, id), encode_email(email));
    commit.put(reference_key(email.digest, head_.account, id), "");
    put_thread_rows(commit, head_.account, email.summary, email.thread);
    if (addition.message->bytes)
      commit.add_blob(email.digest, addition.message->bytes);
    else
      commit.add_staged_blob(email.digest, addition.message->staged);
  }

  void put_origin(const Origin& origin, MailboxId mailbox, Uid uid) {
    if (!origin.mark_key.empty())
      prepared.commit.put(origin.mark_key, encode_import_mark({mailbox, uid, origin.flags}));
    if (!origin.pop3_unique_id.empty())
      put_pop3_unique_id(prepared.commit, head_.account, mailbox, uid, origin.pop3_unique_id);
  }

  /// Keywords defined by one addition are known to the next.
  void remember_keywords(const FlagNames& names) {
    for (const auto& name : names.keywords) {
      if (!keywords_) keywords_ = *head_.keywords;
      if (!keywords_->find(name)) keywords_->define(name);
    }
  }

  const Version& head_;
  const WallTime now_;
  EmailId next_email_;
  std::uint64_t bytes_ = 0;
  std::map<MailboxId, Uid> next_uid_;
  std::optional<KeywordTable> keywords_;
};

Result<std::vector<Prepared>> prepare(Work& work, const std::vector<const Version*>& heads, WallTime now) {
  std::vector<Prepared> all;
  for (std::size_t s = 0; s < work.shares.size(); ++s) {
    Placer placer(*heads[s], now);
    for (const std::size_t i : work.shares[s].indexes) {
      auto outcome = placer.place(work.additions[i], work.threads[i]);
      if (!outcome) return fail(outcome);
      work.outcomes[i] = std::move(*outcome);
    }
    all.push_back(std::move(placer.prepared));
  }
  return all;
}

}  // namespace

Result<void> MessageWriter::may_begin(const store::Store& store) {
  if (net::is_memory_full()) return short_of_memory();
  if (!store.has_room()) return fail(Code::full_disk, "the disk is nearly full, please try again later");
  return {};
}

MessageWriter::MessageWriter(Mailstore& mailstore, std::string prefix) : mailstore_(mailstore) {
  parser_.feed(prefix);
  email_.prefix = std::move(prefix);
}

MessageWriter::~MessageWriter() = default;

bool MessageWriter::feed(std::string_view bytes) {
  size_ += bytes.size();
  if (!outcome_) return true;
  if (net::is_memory_full() && pending_.size() + bytes.size() > kKeptWhenFull) {
    outcome_ = short_of_memory();
    std::string().swap(pending_);
    return true;
  }
  digest_.update(bytes);
  parser_.feed(bytes);
  pending_ += bytes;
  return pending_.size() < kSpillAt;
}

Result<void> MessageWriter::spill() {
  if (!blob_) {
    auto blob = mailstore_.store().new_blob();
    if (!blob) return fail(blob);
    blob_ = std::move(*blob);
  }
  auto done = blob_->append(pending_);
  pending_.clear();
  return done;
}

Task<> MessageWriter::drained() {
  if (!outcome_ || pending_.size() < kSpillAt) co_return;
  outcome_ = co_await mailstore_.offload().run([this] { return spill(); });
  if (!outcome_) pending_ = {};
}

Task<Result<NewMessagePtr>> MessageWriter::finish() {
  auto message = std::make_shared<NewMessage>();
  email_.digest = store::to_digest(digest_.finish());
  email_.blob_size = size_;
  const bool is_staged = blob_ != nullptr || pending_.size() > store::kLargestInlineBlob;
  if (outcome_ && is_staged) {
    auto staged = co_await mailstore_.offload().run([this]() -> Result<store::StagedBlob> {
      if (auto done = spill(); !done) return fail(done);
      return blob_->finish(email_.digest);
    });
    if (!staged) co_return fail(staged);
    message->staged = *staged;
  }
  if (!outcome_) co_return fail(outcome_);
  if (!is_staged) message->bytes = std::make_shared<const std::string>(std::move(pending_));
  email_.summary = message::summarize(parser_.finish());
  message->email = std::move(email_);
  co_return message;
}

Task<Result<std::vector<AppendedTo>>> append(Mailstore* mailstore, std::vector<Addition> additions) {
  auto work = std::make_shared<Work>();
  work->additions = std::move(additions);
  mailstore->note_appended(work->additions.size());
  work->outcomes.resize(work->additions.size());
  work->shares = shares_of(work->additions);
  for (const auto& addition : work->additions) {
    const auto thread = find_thread(mailstore->store(), addition.target.account->id(), addition.message->email.summary);
    if (!thread) co_return fail(thread);
    work->threads.push_back(*thread);
  }
  std::vector<AccountPtr> accounts;
  accounts.reserve(work->shares.size());
  for (const auto& share : work->shares) accounts.push_back(share.account);
  const auto versions = co_await mailstore->change_all(
      std::move(accounts), [work](const auto& heads, WallTime now) { return prepare(*work, heads, now); });
  if (!versions) co_return fail(versions);
  for (std::size_t s = 0; s < work->shares.size(); ++s)
    for (const std::size_t i : work->shares[s].indexes) work->outcomes[i].version = (*versions)[s];
  co_return std::move(work->outcomes);
}

}  // namespace posthorn::mailstore
