#include "mailstore/copy.h"

#include "mailstore/email.h"
#include "mailstore/expunge.h"
#include "mailstore/quota.h"
#include "mailstore/set_flags.h"
#include "mailstore/thread.h"

namespace posthorn::mailstore {
namespace {

/// Everything that the change function needs and leaves behind.
struct Work {
  MailboxId from;
  MailboxId to;
  UidSet uids;
  bool move = false;
  bool all = false;
  std::map<EmailId, Email> emails;  ///< of the rows to be copied, read before; across accounts only
  UidValidity uid_validity;
  std::vector<std::pair<Uid, Uid>> copied;
};

std::uint64_t bytes_of(const std::vector<Placement>& rows) {
  std::uint64_t bytes = 0;
  for (const auto& row : rows) bytes += row.size;
  return bytes;
}

/// The same keywords under the ids of another account.
Result<Flags> translate(const Flags& flags, const KeywordTable& from, KeywordTable& to, std::vector<Change>& changes) {
  FlagNames names{.system = flags.system, .keywords = {}};
  flags.keywords.for_each([&](KeywordId id) { names.keywords.push_back(from.name(id)); });
  const auto defined = changes.size();
  auto translated = flags_of(names, to, changes);
  for (auto i = defined; i < changes.size(); ++i) to.define(std::get<KeywordDefined>(changes[i]).name);
  return translated;
}

/// Adds `rows` to the target, which is `head`'s own or another account's.
class Copier {
 public:
  Copier(Work& work, const Version& source, const Version& target)
      : work_(work), source_(source), target_(target), keywords_(*target.keywords), next_email_(target.next_email) {}

  Result<void> add(const std::vector<Placement>& rows, WallTime now, Prepared& prepared) {
    const Mailbox* mailbox = target_.find(work_.to);
    if (mailbox == nullptr) return fail(Code::not_found, "the mailbox does not exist");
    if (mailbox->uid_next.value() > UINT32_MAX - rows.size())
      return fail(Code::too_many, "the mailbox has no more UIDs");
    const bool grows = !work_.move || source_.account != target_.account;
    if (grows && target_.quota_bytes != 0 && target_.bytes + bytes_of(rows) > target_.quota_bytes)
      return fail(Code::over_quota, "the messages do not fit into the account's quota");
    work_.uid_validity = mailbox->uid_validity;
    Uid next = mailbox->uid_next;
    for (const auto& row : rows) {
      Placement copy = row;
      copy.uid = std::exchange(next, next.next());
      copy.saved = now;
      work_.copied.emplace_back(row.uid, copy.uid);
      const bool is_new = source_.account != target_.account;
      if (is_new)
        if (auto done = make_own(copy, prepared, now); !done) return done;
      prepared.changes.emplace_back(Added{mailbox->id, copy, is_new});
    }
    return {};
  }

 private:
  /// In another account the email is another one, with the same body.
  Result<void> make_own(Placement& copy, Prepared& prepared, WallTime now) {
    const auto flags = translate(copy.flags, *source_.keywords, keywords_, prepared.changes);
    if (!flags) return fail(flags);
    copy.flags = *flags;
    const auto known = work_.emails.find(copy.email);
    if (known == work_.emails.end()) return fail(Code::unavailable, "the mailbox changed meanwhile");
    Email email = known->second;
    copy.email = std::exchange(next_email_, next_email_.next());
    email.thread = ThreadId(copy.email.value());
    email.received = now;
    auto& commit = prepared.commit;
    commit.put(email_key(target_.account, copy.email), encode_email(email));
    commit.put(reference_key(email.digest, target_.account, copy.email), "");
    put_thread_rows(commit, target_.account, email.summary, email.thread);
    return {};
  }

  Work& work_;
  const Version& source_;
  const Version& target_;
  KeywordTable keywords_;
  EmailId next_email_;
};

Result<std::vector<Prepared>> prepare(Work& work, const std::vector<const Version*>& heads, WallTime now) {
  const Version& source = *heads.front();
  const Version& target = *heads.back();
  const Mailbox* from = source.find(work.from);
  if (from == nullptr) return fail(Code::not_found, "the mailbox does not exist");
  work.copied.clear();
  const auto rows = from->columns->find_all(work.uids);
  if (work.all && rows.size() != work.uids.size())
    return fail(Code::conflict, "some of the messages were expunged meanwhile");
  std::vector<Prepared> all(heads.size());
  if (auto done = Copier(work, source, target).add(rows, now, all.back()); !done) return fail(done);
  if (work.move)
    if (auto change = removal(*from, work.uids)) all.front().changes.emplace_back(std::move(*change));
  return all;
}

/// Rows of the emails that go to another account, read before the change as that may not wait.
Result<void> read_rows(store::Store& store, const OpenMailbox& from, Work& work) {
  const auto version = from.version();
  const Mailbox* mailbox = version->find(work.from);
  if (mailbox == nullptr) return fail(Code::not_found, "the mailbox does not exist");
  std::vector<EmailId> ids;
  for (const auto& row : mailbox->columns->find_all(work.uids)) ids.push_back(row.email);
  auto emails = read_emails(store, version->account, ids);
  if (!emails) return fail(emails);
  for (std::size_t i = 0; i < ids.size(); ++i) work.emails.emplace(ids[i], std::move((*emails)[i]));
  return {};
}

/// Room in the target for what is copied, so that it is not taken from what was promised to mail on its way.
Result<std::optional<QuotaReservation>> reserve(const OpenMailbox& from, const AccountPtr& to, const Work& work) {
  const auto version = from.version();
  const Mailbox* mailbox = version->find(work.from);
  const bool grows = !work.move || to->id() != version->account;
  const auto target = to->published();
  if (!grows || mailbox == nullptr || target->find(work.to) == nullptr || target->quota_bytes == 0) return std::nullopt;
  auto room = QuotaReservation::make(to, bytes_of(mailbox->columns->find_all(work.uids)));
  if (!room) return fail(room);
  return std::optional(std::move(*room));
}

}  // namespace

Task<Result<CopyOutcome>> copy(Mailstore* mailstore, OpenMailboxPtr from, UidSet uids, AccountPtr to, MailboxId mailbox,
                               bool move, bool all) {
  auto work = std::make_shared<Work>();
  work->from = from->id();
  work->to = mailbox;
  work->uids = std::move(uids);
  work->move = move;
  work->all = all;
  const auto room = reserve(*from, to, *work);
  if (!room) co_return fail(room);
  std::vector<AccountPtr> accounts{from->account()};
  if (to->id() != from->account()->id()) {
    accounts.push_back(to);
    const auto read = co_await mailstore->offload().run(
        [mailstore, from, work] { return read_rows(mailstore->store(), *from, *work); });
    if (!read) co_return fail(read);
  }
  const auto versions = co_await mailstore->change_all(
      std::move(accounts), [work](const auto& heads, WallTime now) { return prepare(*work, heads, now); });
  if (!versions) co_return fail(versions);
  co_return CopyOutcome{work->uid_validity, std::move(work->copied), versions->front()};
}

}  // namespace posthorn::mailstore
