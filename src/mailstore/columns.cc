#include "mailstore/columns.h"

#include <algorithm>

namespace posthorn::mailstore {
namespace {

constexpr std::uint32_t kFirstCapacity = 16;

}  // namespace

Chunk::Chunk(std::uint32_t capacity)
    : uids_(capacity),
      emails_(capacity),
      modseqs_(capacity),
      system_flags_(capacity),
      sizes_(capacity),
      received_(capacity),
      saved_(capacity) {}

Placement Chunk::get(std::uint32_t row) const {
  Placement p{.uid = Uid(uids_[row]),
              .email = EmailId(emails_[row]),
              .flags = {},
              .modseq = ModSeq(modseqs_[row]),
              .size = sizes_[row],
              .received = from_seconds(received_[row]),
              .saved = from_seconds(saved_[row])};
  p.flags = flags(row);
  return p;
}

Flags Chunk::flags(std::uint32_t row) const {
  Flags flags;
  flags.system = system_flags_[row];
  if (!keywords_.empty()) flags.keywords = keywords_[row];
  return flags;
}

void Chunk::set(std::uint32_t row, const Placement& p) {
  uids_[row] = p.uid.value();
  emails_[row] = p.email.value();
  sizes_[row] = p.size;
  received_[row] = to_seconds(p.received);
  saved_[row] = to_seconds(p.saved);
  set_flags(row, p.flags, p.modseq);
}

void Chunk::set_flags(std::uint32_t row, const Flags& flags, ModSeq modseq) {
  modseqs_[row] = modseq.value();
  system_flags_[row] = flags.system;
  if (keywords_.empty() && !flags.keywords.empty()) keywords_.resize(uids_.size());
  if (!keywords_.empty()) keywords_[row] = flags.keywords;
}

std::shared_ptr<Chunk> Chunk::copy(std::uint32_t rows, std::uint32_t capacity) const {
  auto copied = std::make_shared<Chunk>(capacity);
  const auto take = [rows](const auto& from, auto& to) { std::copy_n(from.begin(), rows, to.begin()); };
  take(uids_, copied->uids_);
  take(emails_, copied->emails_);
  take(modseqs_, copied->modseqs_);
  take(system_flags_, copied->system_flags_);
  take(sizes_, copied->sizes_);
  take(received_, copied->received_);
  take(saved_, copied->saved_);
  if (!keywords_.empty()) {
    copied->keywords_.resize(capacity);
    take(keywords_, copied->keywords_);
  }
  copied->touched_ = touched_;
  return copied;
}

std::uint32_t Chunk::lower_bound(Uid uid, std::uint32_t rows) const {
  const auto it = std::lower_bound(uids_.begin(), uids_.begin() + rows, uid.value());
  return static_cast<std::uint32_t>(it - uids_.begin());
}

std::uint32_t Columns::chunk_rows(std::size_t i) const {
  const std::uint32_t end = i + 1 < spine_->size() ? (*spine_)[i + 1].start : size_;
  return end - (*spine_)[i].start;
}

std::size_t Columns::chunk_of(std::uint32_t n) const {
  const auto it = std::upper_bound(spine_->begin(), spine_->end(), n,
                                   [](std::uint32_t place, const Entry& e) { return place < e.start; });
  return static_cast<std::size_t>(it - spine_->begin()) - 1;
}

Placement Columns::at(std::uint32_t n) const {
  const Entry& e = (*spine_)[chunk_of(n)];
  return e.chunk->get(n - e.start);
}

Uid Columns::uid_at(std::uint32_t n) const {
  const Entry& e = (*spine_)[chunk_of(n)];
  return e.chunk->uid(n - e.start);
}

std::size_t Columns::chunk_of_uid(Uid uid) const {
  const auto it =
      std::upper_bound(spine_->begin(), spine_->end(), uid, [](Uid u, const Entry& e) { return u < e.chunk->uid(0); });
  return it == spine_->begin() ? 0 : static_cast<std::size_t>(it - spine_->begin()) - 1;
}

std::uint32_t Columns::lower_bound(Uid uid) const {
  if (size_ == 0) return 0;
  const auto i = chunk_of_uid(uid);
  return (*spine_)[i].start + (*spine_)[i].chunk->lower_bound(uid, chunk_rows(i));
}

std::optional<Placement> Columns::find(Uid uid) const {
  const std::uint32_t n = lower_bound(uid);
  if (n == size_ || uid_at(n) != uid) return std::nullopt;
  return at(n);
}

std::vector<Placement> Columns::find_all(const UidSet& uids) const {
  std::vector<Placement> rows;
  for_each_of(uids, [&](const Placement& p) { rows.push_back(p); });
  return rows;
}

void Columns::for_each(std::uint32_t from, std::uint32_t to, const std::function<void(const Placement&)>& visit) const {
  for (std::size_t i = from < to ? chunk_of(from) : 0; from < to; ++i) {
    const Entry& e = (*spine_)[i];
    const std::uint32_t end = std::min(to, e.start + chunk_rows(i));
    for (; from < end; ++from) visit(e.chunk->get(from - e.start));
  }
}

UidSet Columns::uids() const {
  UidSet set;
  for (std::size_t i = 0; i < chunks(); ++i)
    for (std::uint32_t row = 0, rows = chunk_rows(i); row < rows; ++row) set.append(chunk(i)->uid(row));
  return set;
}

UidSet Columns::uids_changed_since(ModSeq since, Uid last) const {
  UidSet changed;
  for (std::size_t i = 0; i < chunks(); ++i) {
    const Chunk& c = *chunk(i);
    const std::uint32_t rows = chunk_rows(i);
    // Rows are appended in the order of their ModSeq, so an untouched chunk has new ones only at its end.
    if (c.touched() <= since && c.modseq(rows - 1) <= since) continue;
    for (std::uint32_t row = 0; row < rows && c.uid(row) <= last; ++row)
      if (c.modseq(row) > since) changed.append(c.uid(row));
  }
  return changed;
}

Columns Columns::append(const Placement& p) const {
  Columns out = *this;
  const std::uint32_t used = size_ > 0 ? chunk_rows(spine_->size() - 1) : 0;
  if (used > 0 && used < spine_->back().chunk->capacity() && spine_->back().chunk->can_hold(p)) {
    spine_->back().chunk->set(used, p);
  } else {
    auto spine = spine_ ? std::make_shared<Spine>(*spine_) : std::make_shared<Spine>();
    if (used > 0 && used < kChunkRows)
      spine->back().chunk = spine->back().chunk->copy(used, std::min(kChunkRows, std::max(used * 4, kFirstCapacity)));
    else
      spine->push_back({size_, std::make_shared<Chunk>(kFirstCapacity)});
    spine->back().chunk->set(used < kChunkRows ? used : 0, p);
    out.spine_ = std::move(spine);
  }
  ++out.size_;
  return out;
}

void Columns::add_chunk(std::shared_ptr<Chunk> chunk, std::uint32_t rows) {
  auto spine = spine_ ? std::make_shared<Spine>(*spine_) : std::make_shared<Spine>();
  spine->push_back({size_, std::move(chunk)});
  spine_ = std::move(spine);
  size_ += rows;
}

Columns Columns::rebuilt(
    const std::function<std::shared_ptr<Chunk>(std::size_t chunk, std::uint32_t& rows)>& change) const {
  Columns out;
  auto spine = std::make_shared<Spine>();
  for (std::size_t i = 0; i < chunks(); ++i) {
    std::uint32_t rows = chunk_rows(i);
    auto chunk = change(i, rows);
    if (rows == 0) continue;
    spine->push_back({out.size_, std::move(chunk)});
    out.size_ += rows;
  }
  out.spine_ = std::move(spine);
  out.removed_at_ = removed_at_;
  return out;
}

Columns Columns::change_flags(const UidSet& uids, FlagsOp op, const Flags& with, ModSeq modseq) const {
  return rebuilt([&](std::size_t i, std::uint32_t& rows) {
    std::shared_ptr<Chunk> chunk = (*spine_)[i].chunk;
    std::shared_ptr<Chunk> copy;
    for (const auto& run : uids.runs()) {
      std::uint32_t row = chunk->lower_bound(Uid(run.first), rows);
      for (; row < rows && chunk->uid(row).value() <= run.last; ++row) {
        if (!copy) copy = chunk->copy(rows, chunk->capacity());
        copy->set_flags(row, apply(copy->flags(row), op, with), modseq);
      }
    }
    if (!copy) return chunk;
    copy->set_touched(modseq);
    return copy;
  });
}

Columns Columns::remove(const UidSet& uids, ModSeq modseq) const {
  Columns out = rebuilt([&](std::size_t i, std::uint32_t& rows) {
    const std::shared_ptr<Chunk> chunk = (*spine_)[i].chunk;
    std::shared_ptr<Chunk> copy;
    std::uint32_t kept = 0;
    for (std::uint32_t row = 0; row < rows; ++row) {
      const bool removed = uids.contains(chunk->uid(row));
      if (removed && !copy) copy = chunk->copy(kept, chunk->capacity());
      if (!removed && copy) copy->set(kept, chunk->get(row));
      kept += !removed;
    }
    rows = kept;
    return copy ? copy : chunk;
  });
  out.removed_at_ = modseq;
  return out;
}

}  // namespace posthorn::mailstore
