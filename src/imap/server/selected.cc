#include "imap/server/selected.h"

#include <algorithm>

namespace posthorn::imap {
namespace {

/// Calls `visit(Stretch)` for each run of the UIDs told.
template <class Visit>
void for_each_run(const mailstore::UidSet& told, Visit visit) {
  std::uint32_t msn = 1;
  for (const auto& run : told.runs()) {
    const std::uint32_t count = run.last - run.first + 1;
    visit(Stretch{Msn(msn), Uid(run.first), count});
    msn += count;
  }
}

/// What runs of the view and runs of the set have in common; `first_of` says by which number the set counts.
template <class N, class FirstOf>
Stretches intersect(const mailstore::UidSet& told, const RunSet<N>& set, FirstOf first_of) {
  Stretches common;
  auto run = set.runs().begin();
  for_each_run(told, [&](const Stretch& view) {
    const std::uint64_t start = first_of(view), end = start + view.count;
    while (run != set.runs().end() && run->last.value() < start) ++run;
    for (auto r = run; r != set.runs().end() && r->first.value() < end; ++r) {
      const std::uint64_t from = std::max<std::uint64_t>(start, r->first.value());
      const std::uint64_t to = std::min<std::uint64_t>(end, std::uint64_t{r->last.value()} + 1);
      const auto skipped = static_cast<std::uint32_t>(from - start);
      common.push_back(
          {Msn(view.msn.value() + skipped), Uid(view.uid.value() + skipped), static_cast<std::uint32_t>(to - from)});
    }
  });
  return common;
}

}  // namespace

mailstore::UidSet uids_of(const Stretches& stretches) {
  mailstore::UidSet uids;
  for (const Stretch& s : stretches) uids.append(s.uid, Uid(s.uid.value() + s.count - 1));
  return uids;
}

UidSet to_run_set(const mailstore::UidSet& uids) {
  UidSet set;
  for (const auto& run : uids.runs()) set.add(Uid(run.first), Uid(run.last));
  return set;
}

Msn MsnCursor::find(Uid uid) {
  const auto& runs = told_->runs();
  for (; run_ < runs.size() && runs[run_].last < uid.value(); ++run_) before_ += runs[run_].last - runs[run_].first + 1;
  if (run_ == runs.size() || uid.value() < runs[run_].first) return Msn();
  return Msn(before_ + uid.value() - runs[run_].first + 1);
}

Selected::Selected(mailstore::OpenMailboxPtr mailbox, const mailstore::Version& version, bool is_read_only)
    : mailbox_(std::move(mailbox)),
      told_(*version.find(mailbox_->id())),
      uid_validity_(version.find(mailbox_->id())->uid_validity),
      is_read_only_(is_read_only),
      looked_at_(version.modseq) {
  claim_recent(*version.find(mailbox_->id()));
}

Result<void> Selected::check_numbers(const SequenceSet& set, bool is_uid) const {
  if (!is_uid && set.largest_written() > told_.messages())
    return base::fail(Code::syntax, "there is no message of that number");
  return {};
}

Result<Stretches> Selected::resolve(const SequenceSet& set, bool is_uid) const {
  if (const auto there = check_numbers(set, is_uid); !there) return base::fail(there);
  if (is_uid) {
    UidSet uids = set.resolve(told_.largest());
    if (set.uses_saved_result()) uids.add(saved_result_);
    return stretches_of(uids);
  }
  MsnSet numbers = set.resolve(Msn(told_.messages()));
  // RFC 5182 2: a saved result is one of messages, whichever way they are counted.
  if (set.uses_saved_result())
    for (const Stretch& s : stretches_of(saved_result_)) numbers.add(s.msn, Msn(s.msn.value() + s.count - 1));
  return intersect(told_.uids(), numbers, [](const Stretch& s) { return s.msn.value(); });
}

Stretches Selected::stretches_of(const UidSet& uids) const {
  return intersect(told_.uids(), uids, [](const Stretch& s) { return s.uid.value(); });
}

Stretches Selected::all() const {
  Stretches all;
  for_each_run(told_.uids(), [&](const Stretch& s) { all.push_back(s); });
  return all;
}

std::uint32_t Selected::recent() const {
  std::uint32_t n = 0;
  for (const auto& s : stretches_of(recent_)) n += s.count;
  return n;
}

void Selected::claim_recent(const mailstore::Mailbox& mailbox) {
  const auto& account = mailbox_->account();
  const Uid first = is_read_only_ ? account->first_unclaimed(mailbox.id) : account->claim_recent(mailbox);
  if (first < mailbox.uid_next) recent_.add(first, Uid(mailbox.uid_next.value() - 1));
}

bool Selected::has_news(const mailstore::Version& version, bool may_renumber) const {
  return version.modseq != looked_at_ || (holds_back_ && may_renumber);
}

mailstore::News Selected::update(const mailstore::Version& version, bool may_renumber) {
  const mailstore::Mailbox& now = *version.find(mailbox_->id());
  auto news = told_.update(now, may_renumber);
  looked_at_ = version.modseq;
  holds_back_ = !may_renumber && now.messages < told_.messages();
  if (news.grown) claim_recent(now);
  return news;
}

RowCursor::RowCursor(const mailstore::OpenMailboxPtr& mailbox) : mailbox_(mailbox), version_(mailbox->version()) {
  const mailstore::Mailbox* now = version_->find(mailbox->id());
  if (now != nullptr && now->columns) columns_ = &*now->columns;
}

bool RowCursor::go_to(std::size_t chunk) {
  if (columns_ == nullptr || chunk >= columns_->chunks()) return false;
  chunk_number_ = chunk;
  chunk_ = columns_->chunk(chunk);
  rows_ = columns_->chunk_rows(chunk);
  row_ = 0;
  return true;
}

/// Elsewhere than where it was expected: further on in this chunk, or in another one.
bool RowCursor::seek(Uid uid) {
  const auto is_in = [&] { return chunk_->uid(0) <= uid && uid <= chunk_->uid(rows_ - 1); };
  const bool is_here = chunk_ != nullptr && is_in();
  if (!is_here && !(chunk_ != nullptr && go_to(chunk_number_ + 1) && is_in()) && !go_to(columns_->chunk_of_uid(uid)))
    return false;
  row_ = chunk_->lower_bound(uid, rows_);
  return row_ < rows_ && chunk_->uid(row_) == uid;
}

std::optional<mailstore::Placement> RowCursor::find_there(Uid uid) {
  const bool is_expected = row_ < rows_ && chunk_->uid(row_) == uid;
  if (!is_expected && (columns_ == nullptr || columns_->size() == 0 || !seek(uid))) return std::nullopt;
  return chunk_->get(row_++);
}

std::optional<mailstore::Placement> RowCursor::find(Uid uid) {
  if (auto row = find_there(uid)) return row;
  return mailbox_->find(uid);
}

}  // namespace posthorn::imap
