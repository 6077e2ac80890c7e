#include "mailstore/uid_set.h"

#include <fmt/format.h>

#include <algorithm>

namespace posthorn::mailstore {

UidSet UidSet::of(std::vector<Uid> uids) {
  std::sort(uids.begin(), uids.end());
  UidSet set;
  for (const Uid uid : uids)
    if (set.runs_.empty() || uid.value() > set.runs_.back().last) set.append(uid);
  return set;
}

void UidSet::append(Uid uid) { append(uid, uid); }

void UidSet::append(Uid first, Uid last) {
  if (!runs_.empty() && runs_.back().last + 1 == first.value())
    runs_.back().last = last.value();
  else
    runs_.push_back({first.value(), last.value()});
}

bool UidSet::contains(Uid uid) const {
  const auto it = std::lower_bound(runs_.begin(), runs_.end(), uid.value(),
                                   [](const Run& run, std::uint32_t u) { return run.last < u; });
  return it != runs_.end() && it->first <= uid.value();
}

std::size_t UidSet::size() const {
  std::size_t n = 0;
  for (const Run& run : runs_) n += std::size_t{run.last} - run.first + 1;
  return n;
}

std::vector<Uid> UidSet::to_vector() const {
  std::vector<Uid> uids;
  uids.reserve(size());
  for_each([&](Uid uid) { uids.push_back(uid); });
  return uids;
}

Uid UidSet::at(std::size_t n) const {
  for (const Run& run : runs_) {
    const std::size_t length = std::size_t{run.last} - run.first + 1;
    if (n < length) return Uid(run.first + static_cast<std::uint32_t>(n));
    n -= length;
  }
  return Uid();
}

std::size_t UidSet::place_of(Uid uid) const {
  std::size_t before = 0;
  for (const Run& run : runs_) {
    if (uid.value() >= run.first && uid.value() <= run.last) return before + (uid.value() - run.first);
    before += std::size_t{run.last} - run.first + 1;
  }
  return before;
}

void UidSet::remove(Uid uid) {
  const std::uint32_t u = uid.value();
  const auto it =
      std::lower_bound(runs_.begin(), runs_.end(), u, [](const Run& run, std::uint32_t x) { return run.last < x; });
  if (it == runs_.end() || it->first > u) return;
  if (it->first == it->last) {
    runs_.erase(it);
  } else if (u == it->first) {
    ++it->first;
  } else if (u == it->last) {
    --it->last;
  } else {
    const Run after{u + 1, it->last};
    it->last = u - 1;
    runs_.insert(it + 1, after);
  }
}

std::string text_of(const UidSet& set) {
  std::string text;
  for (const auto& run : set.runs()) {
    text += fmt::format("{}{}", text.empty() ? "" : ",", run.first);
    if (run.last != run.first) text += fmt::format(":{}", run.last);
  }
  return text;
}

void put_uid_set(std::string& out, const UidSet& set) {
  put_varint(out, set.runs().size());
  std::uint32_t end = 0;
  for (const auto& run : set.runs()) {
    put_varint(out, run.first - end);
    put_varint(out, run.last - run.first);
    end = run.last;
  }
}

UidSet get_uid_set(ByteReader& in) {
  UidSet set;
  const auto runs = in.varint();
  std::uint64_t end = 0;
  for (std::uint64_t i = 0; i < runs && in.ok(); ++i) {
    const std::uint64_t gap = in.varint();
    const std::uint64_t length = in.varint();
    const std::uint64_t first = end + gap;
    if (gap == 0 || gap > 0xffffffff || length > 0xffffffff || first + length > 0xffffffff) in.set_failed();
    if (!in.ok()) return {};
    end = first + length;
    set.runs_.push_back({static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(end)});
  }
  return in.ok() ? set : UidSet();
}

}  // namespace posthorn::mailstore
