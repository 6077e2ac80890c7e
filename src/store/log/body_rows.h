// Where bodies lie according to commits that the index does not hold yet: a layer over the index, or over another
// layer.
//
// Threads: one at a time.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "store/blob/location.h"
#include "store/commit_codec.h"
#include "store/rocks/index.h"

namespace posthorn::store::log {

class BodyRows {
 public:
  /// Both must outlive it; `below` may be null.
  BodyRows(const rocks::Index& index, const BodyRows* below) : index_(&index), below_(below) {}

  /// Errors: damaged, io.
  Result<std::optional<BlobLocation>> find(std::string_view digest) const;
  /// From now on the body lies there, or nowhere. Errors: those of find(); nothing changed then.
  Result<void> set(std::string_view digest, const std::optional<BlobLocation>& location);
  /// What set() said of the body was not known exactly; segment and size were.
  void correct(std::string_view digest, const BlobLocation& location);
  /// Takes over what a layer above this one says.
  void merge(const BodyRows& above);

  /// By how much the living bytes of each segment change.
  const std::map<std::uint64_t, std::int64_t>& living() const { return living_; }

 private:
  void count(const std::optional<BlobLocation>& location, std::int64_t sign);

  const rocks::Index* index_;
  const BodyRows* below_;
  std::unordered_map<std::string, std::optional<BlobLocation>> locations_;
  std::map<std::uint64_t, std::int64_t> living_;
};

/// How many bytes of living bodies each segment of the log holds; the index keeps the same in rows.
class LivingBytes {
 public:
  /// Takes over what the rows say. Errors: io.
  Result<void> load(const View& view);
  /// Counts the changes, and puts the rows that say so into `batch`.
  void add(const std::map<std::uint64_t, std::int64_t>& changes, rocks::Batch& batch);
  /// Segment -> bytes.
  const std::map<std::uint64_t, std::uint64_t>& by_segment() const { return bytes_; }

 private:
  std::map<std::uint64_t, std::uint64_t> bytes_;
};

/// Where a body of a commit lies whose payload begins at `payload_at` of a segment.
BlobLocation locate(const EncodedBlob& blob, std::uint64_t segment, std::uint64_t payload_at);

/// The digest in the key of a body's row; empty where it is another table's key.
inline std::string_view digest_in(std::string_view key) {
  const bool is_body = !key.empty() && key.front() == static_cast<char>(Table::blob);
  return is_body ? key.substr(1) : std::string_view();
}

}  // namespace posthorn::store::log
