#include "mailstore/vanished.h"

#include "mailstore/log.h"

namespace posthorn::mailstore {
namespace {

UidSet all_absent(const Mailbox& mailbox) {
  UidSet absent;
  Uid next(1);
  const auto append_up_to = [&](Uid end) {
    if (next < end) absent.append(next, Uid(end.value() - 1));
    next = end.next();
  };
  const UidSet there = mailbox.columns->uids();
  for (const auto& run : there.runs()) {
    append_up_to(Uid(run.first));
    next = Uid(run.last).next();
  }
  append_up_to(mailbox.uid_next);
  return absent;
}

}  // namespace

Result<Vanished> vanished_since(const store::View& view, AccountId account, const Mailbox& mailbox, ModSeq since,
                                ModSeq upto) {
  if (mailbox.columns->removed_at() <= since) return Vanished{};
  if (upto.value() - since.value() > kMostEntriesForVanished) return Vanished{all_absent(mailbox), false};
  const auto oldest = view.get(log_key(account, since.next()));
  if (!oldest) return fail(oldest);
  if (!*oldest) return Vanished{all_absent(mailbox), false};
  std::vector<Uid> gone;
  const auto read = read_log(view, account, since, upto, [&](const LogEntry& entry) -> Result<void> {
    for (const auto& change : entry.changes)
      if (const auto* expunged = std::get_if<Expunged>(&change); expunged != nullptr && expunged->mailbox == mailbox.id)
        expunged->uids.for_each([&](Uid uid) { gone.push_back(uid); });
    return {};
  });
  if (!read) return fail(read);
  return Vanished{UidSet::of(std::move(gone)), true};
}

}  // namespace posthorn::mailstore
