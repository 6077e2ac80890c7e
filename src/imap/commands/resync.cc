#include "imap/commands/resync.h"

#include <algorithm>

#include "imap/server/session.h"
#include "imap/server/updates.h"
#include "mailstore/vanished.h"

namespace posthorn::imap {
namespace {

/// Longer match data is not looked at.
constexpr std::uint64_t kMostMatches = 10'000;

template <class N>
std::vector<N> expanded(const RunSet<N>& set) {
  std::vector<N> all;
  set.for_each([&](N n) { all.push_back(n); });
  return all;
}

// RFC 7162 3.2.5.2: where a message has the number that the client believes, nothing before it was expunged since.
Uid surely_known(const mailstore::Told& told, const Remembered& remembered) {
  if (remembered.match_numbers.size() != remembered.match_uids.size()) return Uid();
  if (remembered.match_numbers.size() > kMostMatches) return Uid();
  const auto numbers = expanded(remembered.match_numbers);
  const auto uids = expanded(remembered.match_uids);
  for (std::size_t i = numbers.size(); i-- > 0;)
    if (told.uid_of(numbers[i]) == uids[i]) return uids[i];
  return Uid();
}

}  // namespace

net::Task<Result<void>> tell_vanished(Session* session, ModSeq since, UidSet asked, Uid surely_known) {
  const auto version = session->selected()->mailbox()->version();
  const auto* mailbox = version->find(session->selected()->mailbox()->id());
  if (mailbox == nullptr || !mailbox->columns || mailbox->columns->removed_at() <= since) co_return Result<void>();
  const auto& store = session->mailstore()->store();
  const AccountId account = session->account()->id();
  const auto vanished = co_await session->mailstore()->offload().run(
      [&] { return mailstore::vanished_since(*store.snapshot(), account, *mailbox, since, version->modseq); });
  if (!vanished) co_return base::fail(vanished);
  UidSet gone = to_run_set(vanished->uids).intersected(asked);
  if (!vanished->is_exact && !surely_known.is_zero()) {
    UidSet sure;
    sure.add(Uid(1), surely_known);
    gone = gone.without(sure);
  }
  VanishedData{.is_earlier = true, .uids = gone.without(to_run_set(session->selected()->told().uids()))}.print(
      session->out());
  co_return Result<void>();
}

net::Task<Result<void>> tell_changes_since(Session* session, mailstore::VersionPtr version, Remembered remembered) {
  const auto* mailbox = version->find(session->selected()->mailbox()->id());
  UidSet everything;
  if (mailbox->uid_next > Uid(1)) everything.add(Uid(1), Uid(mailbox->uid_next.value() - 1));
  const UidSet known = remembered.known_uids ? remembered.known_uids->intersected(everything) : everything;
  const Uid sure = surely_known(session->selected()->told(), remembered);
  const auto told = co_await tell_vanished(session, remembered.modseq, known, sure);
  if (!told) co_return told;
  const UidSet changed = to_run_set(mailbox->columns->uids_changed_since(remembered.modseq)).intersected(known);
  const Stretches messages = session->selected()->stretches_of(changed);
  co_await tell_rows(session, &messages, true);
  co_return Result<void>();
}

}  // namespace posthorn::imap
