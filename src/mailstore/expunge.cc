#include "mailstore/expunge.h"

namespace posthorn::mailstore {
namespace {

UidSet marked_deleted(const Mailbox& mailbox, const std::optional<UidSet>& only) {
  UidSet uids;
  if (mailbox.deleted == 0) return uids;
  mailbox.columns->for_each(0, mailbox.columns->size(), [&](const Placement& p) {
    if (p.flags.has(kDeleted) && (!only || only->contains(p.uid))) uids.append(p.uid);
  });
  return uids;
}

/// Says which messages are to go, of the mailbox as it is when the change is made. Pure.
using Choice = std::function<UidSet(const Mailbox&)>;

Task<Result<ExpungeOutcome>> remove(Mailstore* mailstore, OpenMailboxPtr mailbox, Choice choose) {
  auto expunged = std::make_shared<UidSet>();
  const MailboxId id = mailbox->id();
  auto function = [id, choose = std::move(choose), expunged](const Version& head, WallTime) -> Result<Prepared> {
    const Mailbox* m = head.find(id);
    if (m == nullptr) return fail(Code::not_found, "the mailbox does not exist");
    Prepared prepared;
    *expunged = UidSet();
    if (auto change = removal(*m, choose(*m))) {
      *expunged = change->uids;
      prepared.changes.emplace_back(std::move(*change));
    }
    return prepared;
  };
  auto version = co_await mailstore->change(mailbox->account(), std::move(function));
  if (!version) co_return fail(version);
  co_return ExpungeOutcome{std::move(*version), std::move(*expunged)};
}

}  // namespace

std::optional<Expunged> removal(const Mailbox& mailbox, const UidSet& uids) {
  Expunged change{.mailbox = mailbox.id, .uids = {}};
  mailbox.columns->for_each_of(uids, [&](const Placement& p) {
    change.uids.append(p.uid);
    change.unseen += !p.flags.has(kSeen);
    change.deleted += p.flags.has(kDeleted);
    change.bytes += p.size;
  });
  if (change.uids.empty()) return std::nullopt;
  return change;
}

Task<Result<ExpungeOutcome>> expunge(Mailstore* mailstore, OpenMailboxPtr mailbox, std::optional<UidSet> only) {
  return remove(mailstore, std::move(mailbox),
                [only = std::move(only)](const Mailbox& m) { return marked_deleted(m, only); });
}

Task<Result<ExpungeOutcome>> remove_messages(Mailstore* mailstore, OpenMailboxPtr mailbox, UidSet uids) {
  return remove(mailstore, std::move(mailbox), [uids = std::move(uids)](const Mailbox&) { return uids; });
}

}  // namespace posthorn::mailstore
