#include "store/log/body_rows.h"

namespace posthorn::store::log {

BlobLocation locate(const EncodedBlob& blob, std::uint64_t segment, std::uint64_t payload_at) {
  return {.kind = BlobLocation::in_log,
          .size = blob.size,
          .codec = blob.codec,
          .key_id = blob.key_id,
          .segment = segment,
          .offset = payload_at + blob.offset,
          .stored = blob.stored,
          .crc = blob.crc};
}

Result<std::optional<BlobLocation>> BodyRows::find(std::string_view digest) const {
  if (const auto it = locations_.find(std::string(digest)); it != locations_.end()) return it->second;
  if (below_ != nullptr) return below_->find(digest);
  const auto row = index_->get(KeyBuilder(Table::blob).bytes(digest).take());
  if (!row) return fail(row);
  if (!*row) return std::nullopt;
  const auto location = decode_location(**row);
  if (!location) return fail(location);
  return *location;
}

Result<void> BodyRows::set(std::string_view digest, const std::optional<BlobLocation>& location) {
  const auto old = find(digest);
  if (!old) return fail(old);
  count(*old, -1);
  count(location, 1);
  locations_[std::string(digest)] = location;
  return {};
}

void BodyRows::correct(std::string_view digest, const BlobLocation& location) {
  locations_[std::string(digest)] = location;
}

void BodyRows::merge(const BodyRows& above) {
  for (const auto& [digest, location] : above.locations_) locations_[digest] = location;
  for (const auto& [segment, change] : above.living_) living_[segment] += change;
}

void BodyRows::count(const std::optional<BlobLocation>& location, std::int64_t sign) {
  if (location && location->kind == BlobLocation::in_log)
    living_[location->segment] += sign * static_cast<std::int64_t>(location->stored);
}

Result<void> LivingBytes::load(const View& view) {
  const auto prefix = KeyBuilder(Table::segment).take();
  return view.scan(prefix, after_prefix(prefix), [&](std::string_view key, std::string_view value) {
    bytes_[ByteReader(key.substr(prefix.size())).u64()] = ByteReader(value).u64();
    return true;
  });
}

void LivingBytes::add(const std::map<std::uint64_t, std::int64_t>& changes, rocks::Batch& batch) {
  for (const auto& [segment, change] : changes) {
    const auto living = bytes_[segment] += static_cast<std::uint64_t>(change);
    if (living == 0) {
      bytes_.erase(segment);
      batch.erase(segment_key(segment));
      continue;
    }
    std::string value;
    put_u64(value, living);
    batch.put(segment_key(segment), value);
  }
}

}  // namespace posthorn::store::log
