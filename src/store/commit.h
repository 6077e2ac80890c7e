// What is written at once: rows put and erased, bodies added, references to them; in force whole or not at all.
//
// Format of an encoded commit (in the log's frames; numbers are varints, strings have a varint length before them):
//   commit  := version(1 byte, 1) nrows row* nblobs blob*
//   row     := put(1) key value | erase(2) key
//   blob    := digest(32 bytes) codec(1 byte) key_id size crc32c(4 bytes) string
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace posthorn::store {

/// SHA-256 of a body as received. Knowing one gives no right to read what it names.
using Digest = std::array<char, 32>;
inline std::string_view view(const Digest& d) { return {d.data(), d.size()}; }
/// That of 32 bytes; of fewer the rest is zero.
inline Digest to_digest(std::string_view bytes) {
  Digest digest{};
  std::copy_n(bytes.begin(), std::min(bytes.size(), digest.size()), digest.begin());
  return digest;
}
/// The next 32 bytes; zeros where they are not there, which `in` then tells.
inline Digest get_digest(ByteReader& in) { return to_digest(in.bytes(Digest().size())); }

/// The largest body that rides in a commit; larger ones are staged first (Store::new_blob).
inline constexpr std::size_t kLargestInlineBlob = 64 * 1024;

/// A large body that is already on disk in a file of its own, not yet referred to by any commit.
struct StagedBlob {
  std::uint64_t file_id = 0;
  std::uint64_t size = 0;
};

struct Commit {
  struct Row {
    std::string key;
    std::optional<std::string> value;  ///< nullopt erases
  };
  struct Blob {
    Digest digest;
    std::shared_ptr<const std::string> bytes;  ///< null when staged
    StagedBlob staged;
    bool is_moved = false;  ///< to be written even though it is stored already
  };
  /// What must hold just before this commit, else it is refused with Code::conflict and changes nothing.
  struct Expectation {
    enum Kind { equals, absent, empty_prefix } kind;
    std::string key;    ///< or prefix
    std::string value;  ///< for equals
  };

  std::vector<Row> rows;
  std::vector<Blob> blobs;
  std::vector<Expectation> expectations;
  /// The Store::epoch() in which it was prepared; refused with Code::cancelled in any other. 0: good in every epoch.
  std::uint64_t epoch = 0;

  Commit& put(std::string key, std::string value) {
    rows.push_back({std::move(key), std::move(value)});
    return *this;
  }
  Commit& erase(std::string key) {
    rows.push_back({std::move(key), std::nullopt});
    return *this;
  }
  Commit& expect_equals(std::string key, std::string value) {
    expectations.push_back({Expectation::equals, std::move(key), std::move(value)});
    return *this;
  }
  Commit& expect_absent(std::string key) {
    expectations.push_back({Expectation::absent, std::move(key), {}});
    return *this;
  }
  Commit& expect_empty_prefix(std::string prefix) {
    expectations.push_back({Expectation::empty_prefix, std::move(prefix), {}});
    return *this;
  }
  /// A body of at most kLargestInlineBlob bytes; stored once however often it is added.
  Commit& add_blob(const Digest& digest, std::shared_ptr<const std::string> bytes) {
    blobs.push_back({digest, std::move(bytes), {}, false});
    return *this;
  }
  /// Writes a body that is stored already once more; it lies in the new place from then on.
  Commit& move_blob(const Digest& digest, std::shared_ptr<const std::string> bytes) {
    blobs.push_back({digest, std::move(bytes), {}, true});
    return *this;
  }
  /// A body staged before. If the digest is stored already, the staged file is removed instead.
  Commit& add_staged_blob(const Digest& digest, StagedBlob staged) {
    blobs.push_back({digest, nullptr, staged, false});
    return *this;
  }

  /// The most bytes that its encoding takes.
  std::size_t weight() const;
};

}  // namespace posthorn::store
