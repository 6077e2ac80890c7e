// Reading and checking.
#include "store/log/log_store.h"

#include <fmt/format.h>

#include "base/log.h"
#include "base/text.h"
#include "codec/digest.h"
#include "store/blob/blob_file.h"

namespace posthorn::store::log {
namespace {

/// Nobody fills the reserve within that time.
constexpr auto kRoomLasts = std::chrono::milliseconds(100);

/// Whoever asked hears of it as well; the operator must.
std::unexpected<Error> unreadable(const Digest& digest, Error error) {
  base::log::Line(base::log::error, "store", "body.unreadable")
      .with("digest", to_hex(view(digest)))
      .with("error", error.text);
  return std::unexpected(std::move(error));
}

}  // namespace

Result<std::optional<std::string>> LogStore::get(std::string_view key, Wait wait) const {
  return index()->get(key, wait);
}
Result<std::vector<std::optional<std::string>>> LogStore::multi_get(const std::vector<std::string>& keys) const {
  return index()->multi_get(keys);
}
Result<void> LogStore::scan(std::string_view from, std::string_view to, const RowVisitor& visit) const {
  return index()->scan(from, to, visit);
}
std::shared_ptr<const View> LogStore::snapshot() const { return index()->snapshot(); }

Result<std::string> LogStore::read_blob(const Digest& digest, std::uint64_t offset, std::uint64_t length,
                                        Wait wait) const {
  const auto key = blob_key(digest);
  auto row = index()->get(key, wait);
  while (true) {
    if (!row) return fail(row);
    if (!*row) return fail(Code::not_found, "no body " + to_hex(view(digest)));
    auto bytes = read_located(digest, **row, offset, length, wait);
    if (bytes || bytes.error().code == Code::unavailable) return bytes;
    // It may have been moved, or removed, meanwhile.
    auto now = index()->get(key, wait);
    if (now && *now && **now == **row) {
      if (bytes.error().code == Code::not_found)
        return unreadable(digest, {Code::damaged, "a body's file is missing: " + bytes.error().text});
      return unreadable(digest, bytes.error());
    }
    row = std::move(now);
  }
}

Result<std::string> LogStore::read_located(const Digest& digest, std::string_view row, std::uint64_t offset,
                                           std::uint64_t length, Wait wait) const {
  const auto location = decode_location(row);
  if (!location) return fail(location);
  if (location->kind == BlobLocation::in_file)
    return read_blob_file(files_, folder_ + "/blobs", location->file_id, digest, offset, length, wait);
  auto bytes = segments_.read(*location, wait);
  if (!bytes || (offset == 0 && length >= bytes->size())) return bytes;
  return offset >= bytes->size() ? std::string() : bytes->substr(offset, length);
}

Result<std::unique_ptr<BlobWriter>> LogStore::new_blob() { return staged_.begin(); }

Result<void> LogStore::put_derived(const std::string& folder, const std::string& name, std::string_view bytes) {
  if (!has_room()) return fail(Code::full_disk, "the disk is nearly full");
  return derived_.put(folder, name, bytes);
}
Result<std::string> LogStore::read_derived(const std::string& folder, const std::string& name, std::uint64_t offset,
                                           std::uint64_t length, Wait wait) const {
  return derived_.read(folder, name, offset, length, wait);
}
Result<void> LogStore::erase_derived(const std::string& folder, const std::string& name) {
  return derived_.erase(folder, name);
}
Result<std::vector<std::string>> LogStore::list_derived(const std::string& folder) const {
  return derived_.list(folder);
}

bool LogStore::has_room() const { return steady_now() < had_room_.load() + kRoomLasts || look_for_room(); }

bool LogStore::look_for_room() const {
  const auto free = files_.free_bytes(folder_);
  const bool has_room = free && *free >= options_.reserve_bytes;
  had_room_ = has_room ? steady_now() : SteadyTime();
  return has_room;
}

LogStore::Statistics LogStore::statistics() const {
  return {commits_.load(), flushes_.load(), replayed_, is_failing_.load(), index()->figures()};
}

void LogStore::check_bodies(const View& view_now, std::map<std::uint64_t, std::uint64_t>& living,
                            std::vector<std::string>& wrong, std::vector<Digest>& damaged) const {
  const auto check_blob = [&](std::string_view key, std::string_view row) {
    const auto digest = to_digest(key.substr(1));
    if (key.size() != digest.size() + 1) {
      wrong.push_back("the row of a body has a bad key");
      return true;
    }
    const auto name = to_hex(view(digest));
    if (const auto location = decode_location(row); location && location->kind == BlobLocation::in_log)
      living[location->segment] += location->stored;
    const auto bytes = read_blob(digest, 0, UINT64_MAX, Wait::disk);
    if (!bytes && bytes.error().code == Code::not_found) return true;  // erased since
    const bool is_good = bytes && codec::sha256(*bytes) == view(digest);
    if (!is_good) damaged.push_back(digest);
    if (!bytes)
      wrong.push_back(fmt::format("body {}: {}", name, bytes.error().text));
    else if (!is_good)
      wrong.push_back(fmt::format("body {} does not match its digest", name));
    return true;
  };
  const auto prefix = KeyBuilder(Table::blob).take();
  if (auto done = view_now.scan(prefix, after_prefix(prefix), check_blob); !done) wrong.push_back(done.error().text);
}

Result<std::vector<std::string>> LogStore::check(std::vector<Digest>* bodies) const {
  std::vector<std::string> wrong;
  std::vector<Digest> damaged;
  if (auto done = index()->verify(); !done) wrong.push_back(done.error().text);
  const auto now = index()->snapshot();
  std::map<std::uint64_t, std::uint64_t> living;
  check_bodies(*now, living, wrong, damaged);
  if (bodies != nullptr) *bodies = std::move(damaged);
  LivingBytes counted;
  if (auto done = counted.load(*now); !done) wrong.push_back(done.error().text);
  for (const auto& [number, bytes] : counted.by_segment()) {
    if (living[number] != bytes)
      wrong.push_back(
          fmt::format("log segment {}: {} living bytes, counted as {}", segment_name(number), living[number], bytes));
    living.erase(number);
  }
  for (const auto& [number, bytes] : living)
    if (bytes != 0) wrong.push_back(fmt::format("log segment {}: its bytes are not counted", segment_name(number)));
  return wrong;
}

}  // namespace posthorn::store::log
