#include "mailstore/take_over.h"

#include "base/bytes.h"
#include "codec/digest.h"
#include "mailstore/account_rows.h"
#include "mailstore/expunge.h"
#include "mailstore/pop3_marks.h"
#include "store/keys.h"

namespace posthorn::mailstore {
namespace {

/// So that there are always some for what comes: mailboxes draw theirs from above all that were given out.
constexpr UidValidity kLargestTaken(0xF000'0000);
constexpr Uid kLargestUidNext(0xF000'0000);

std::string taken_key(const std::string& owner, const std::string& name, UidValidity uid_validity) {
  std::string text = owner + '\0' + name + '\0';
  put_u32(text, uid_validity.value());
  return store::KeyBuilder(store::Table::system)
      .bytes("uid_validity_taken")
      .bytes(codec::sha256(text).substr(0, 16))
      .take();
}

bool can_be_taken(const Version& head, const Mailbox& mailbox, const GoneUidValidities& gone, UidValidity wanted) {
  if (wanted.is_zero() || wanted > kLargestTaken || mailbox.uid_next != Uid(1)) return false;
  if (!gone.next.is_zero() && wanted >= gone.first && wanted < gone.next) return false;
  return wanted == mailbox.uid_validity || wanted < head.first_uid_validity || wanted >= head.next_uid_validity;
}

Task<Result<bool>> draw_another(Mailstore* mailstore, AccountPtr account, MailboxId mailbox, UidValidity unwanted) {
  auto function = [=](const Version& head, WallTime) -> Result<Prepared> {
    const Mailbox* m = head.find(mailbox);
    Prepared prepared;
    if (m != nullptr && m->uid_validity == unwanted)
      prepared.changes.emplace_back(UidsTakenOver{mailbox, head.next_uid_validity, m->uid_next});
    return prepared;
  };
  const auto done = co_await mailstore->change(std::move(account), std::move(function));
  if (!done) co_return fail(done);
  co_return false;
}

}  // namespace

Task<Result<bool>> take_over_uid_validity(Mailstore* mailstore, AccountPtr account, MailboxId mailbox,
                                          std::string owner, UidValidity wanted) {
  const auto version = account->published();
  const Mailbox* now = version->find(mailbox);
  if (now == nullptr) co_return fail(Code::not_found, "the mailbox does not exist");
  const auto key = taken_key(owner, now->name, wanted);
  const auto taken = mailstore->store().get(key);
  if (!taken) co_return fail(taken);
  if (now->uid_validity == wanted && *taken) co_return true;
  const auto gone = read_gone_uid_validities(mailstore->store());
  if (!gone) co_return fail(gone);
  // The same by chance: clients would take our messages for those of the other server.
  if (now->uid_validity == wanted && now->uid_next != Uid(1))
    co_return co_await draw_another(mailstore, std::move(account), mailbox, wanted);
  if (*taken || !can_be_taken(*version, *now, *gone, wanted)) co_return false;
  auto refused = std::make_shared<bool>();
  auto function = [=, name = now->name, gone = *gone](const Version& head, WallTime) -> Result<Prepared> {
    const Mailbox* m = head.find(mailbox);
    if (m == nullptr) return fail(Code::not_found, "the mailbox does not exist");
    Prepared prepared;
    *refused = m->name != name || !can_be_taken(head, *m, gone, wanted);
    if (*refused) return prepared;
    prepared.changes.emplace_back(UidsTakenOver{mailbox, wanted, m->uid_next});
    prepared.commit.expect_absent(key).put(key, "");
    return prepared;
  };
  const auto done = co_await mailstore->change(std::move(account), std::move(function));
  if (!done && done.error().code == Code::conflict) co_return false;
  if (!done) co_return fail(done);
  co_return !*refused;
}

Task<Result<VersionPtr>> give_new_uids(Mailstore* mailstore, OpenMailboxPtr mailbox, Uid uid_next, UidSet uids) {
  const MailboxId id = mailbox->id();
  auto function = [=, uids = std::move(uids)](const Version& head, WallTime) -> Result<Prepared> {
    const Mailbox* m = head.find(id);
    if (m == nullptr) return fail(Code::not_found, "the mailbox does not exist");
    Prepared prepared;
    Uid next = std::max(m->uid_next, std::min(uid_next, kLargestUidNext));
    if (next != m->uid_next) prepared.changes.emplace_back(UidsTakenOver{id, m->uid_validity, next});
    const auto gone = removal(*m, uids);
    if (!gone) return prepared;
    bool is_full = false;
    gone->uids.for_each([&](Uid uid) {
      Placement placement = *m->columns->find(uid);
      is_full |= next.value() == UINT32_MAX;
      placement.uid = std::exchange(next, next.next());
      prepared.changes.emplace_back(Added{id, placement, false});
      // POP3 goes on with the unique-id that it has told (pop3/maildrop.cc).
      put_pop3_unique_id(prepared.commit, head.account, id, placement.uid, default_unique_id(m->uid_validity, uid));
    });
    if (is_full) return fail(Code::too_many, "the mailbox has no more UIDs");
    prepared.changes.emplace_back(*gone);
    return prepared;
  };
  co_return co_await mailstore->change(mailbox->account(), std::move(function));
}

}  // namespace posthorn::mailstore
