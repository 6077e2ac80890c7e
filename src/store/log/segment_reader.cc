#include "store/log/segment_reader.h"

#include <fmt/format.h>

#include "codec/crc32c.h"
#include "store/log/frame.h"

namespace posthorn::store::log {
namespace {

constexpr std::size_t kMostOpen = 128;

}  // namespace

Result<std::string> SegmentReader::read(const BlobLocation& location, Wait wait) const {
  const auto file = open(location.segment);
  if (!file) return fail(file);
  std::string bytes(location.stored, '\0');
  const auto got = (*file)->read_at(location.offset, bytes.data(), bytes.size(), wait);
  if (!got) return fail(got);
  if (*got != bytes.size() || codec::crc32c(bytes) != location.crc)
    return fail(Code::damaged, fmt::format("a body in log segment {} at offset {} is damaged",
                                           segment_name(location.segment), location.offset));
  return bytes;
}

void SegmentReader::forget(std::uint64_t segment) {
  const std::lock_guard lock(mutex_);
  open_.erase(segment);
}

Result<std::shared_ptr<File>> SegmentReader::open(std::uint64_t segment) const {
  const std::lock_guard lock(mutex_);
  if (const auto it = open_.find(segment); it != open_.end()) return it->second;
  auto opened = files_.open(folder_ + "/" + segment_name(segment), Open::read);
  if (!opened) return fail(opened);
  if (open_.size() >= kMostOpen) open_.erase(open_.begin());
  return open_[segment] = std::move(*opened);
}

}  // namespace posthorn::store::log
