#include "mailstore/told.h"

namespace posthorn::mailstore {
namespace {

/// Visits every UID of `told` with its 0-based place and whether it is still in `columns`.
template <class Visit>
void compare(const UidSet& told, const Columns& columns, Visit visit) {
  std::uint32_t place = 0;
  told.for_each([&](Uid uid) {
    while (place < columns.size() && columns.uid_at(place) < uid) ++place;
    visit(uid, place < columns.size() && columns.uid_at(place) == uid);
  });
}

}  // namespace

Told::Told(const Mailbox& mailbox)
    : uids_(mailbox.columns->uids()),
      count_(mailbox.columns->size()),
      modseq_(mailbox.highest_modseq),
      flags_modseq_(mailbox.highest_modseq) {}

Uid Told::uid_of(Msn msn) const { return msn.is_zero() || msn.value() > count_ ? Uid() : uids_.at(msn.value() - 1); }

Msn Told::msn_of(Uid uid) const {
  const auto place = uids_.place_of(uid);
  return place >= count_ ? Msn() : Msn(static_cast<std::uint32_t>(place + 1));
}

News Told::update(const Mailbox& mailbox, bool may_renumber) {
  News news;
  const Columns& columns = *mailbox.columns;
  const bool removed = columns.removed_at() > modseq_;
  if (removed && may_renumber) {
    UidSet kept;
    std::uint32_t next = 1;  // the number of the next UID, with those before it that are gone already gone
    compare(uids_, columns, [&](Uid uid, bool is_there) {
      if (is_there) {
        kept.append(uid);
        ++next;
      } else {
        news.expunged.push_back(Msn(next));
        news.vanished.append(uid);
      }
    });
    uids_ = std::move(kept);
    count_ = next - 1;
  }
  const Uid last = largest();
  if (mailbox.highest_modseq > flags_modseq_) news.changed = columns.uids_changed_since(flags_modseq_, last);
  for (std::uint32_t place = columns.lower_bound(last.next()); place < columns.size(); ++place) {
    uids_.append(columns.uid_at(place));
    ++count_;
    news.grown = true;
  }
  flags_modseq_ = mailbox.highest_modseq;
  if (!removed || may_renumber) modseq_ = mailbox.highest_modseq;
  return news;
}

}  // namespace posthorn::mailstore
