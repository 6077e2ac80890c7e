// The folder of backups: records in packs, and points in time that name them.
//
//   DIR/posthorn-backup     "posthorn backup 1"; a newer one is refused in plain words
//   DIR/lock                held by the one that writes
//   DIR/packs/*.pack        pack.h; immutable
//   DIR/packs/unfinished    the pack being written, or what is left of one; of no worth
//   DIR/points/*            point.h; immutable
//
// Invariants: a pack has its name once all of it is on disk and was read again; a point has its name once all packs
// have theirs, on disk. So a run that is broken off, by whatever, leaves every point whole, and the packs that it had
// finished are used by the next one. A record is kept once, whatever names it.
//
// Threads: one at a time.
#pragma once

#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "backup/pack.h"

namespace posthorn::backup {

/// What records that are kept in memory may be at most; bodies are read in pieces.
inline constexpr std::uint64_t kLargestRecord = 256 << 20;

class Archive {
 public:
  /// To read: must be there. Errors: not_found where there is no backup; not_supported for a newer one; damaged; io.
  static Result<std::unique_ptr<Archive>> open(store::FileSystem& files, const std::string& folder);
  /// To write: made where it is not. Errors: those; already_exists where another process writes; invalid where the
  /// folder holds something else; full_disk.
  static Result<std::unique_ptr<Archive>> open_to_write(store::FileSystem& files, const std::string& folder);

  bool has(const Digest& digest) const { return find(digest) != nullptr; }
  /// The bytes, checked. Errors: not_found, damaged (both name the record), io.
  Result<std::string> read(const Digest& digest) const;
  Result<void> read(const Digest& digest, const PieceVisitor& visit) const;
  /// Whether it was never added, not even to the pack being written.
  bool is_new(const Digest& digest) const { return !has(digest) && !pending_.contains(digest); }
  /// Size of a record; nullopt where it is not there.
  std::optional<std::uint64_t> size_of(const Digest& digest) const;

  /// Adds a record, unless it is there. Answers its digest.
  Result<Digest> add(std::string_view bytes);
  /// The same in pieces: begin(), append(), end() or drop().
  Result<void> begin(const Digest& digest, std::uint64_t length);
  Result<void> append(std::string_view bytes) { return writer_->append(bytes); }
  /// False: the bytes were not those of the digest; nothing was added.
  Result<bool> end();
  void drop() { writer_->drop_record(); }
  /// All that was added is on disk, and was read again. Errors: damaged, full_disk, io.
  Result<void> flush();
  /// Bytes of packs written since the opening.
  std::uint64_t written() const { return written_; }

  std::string points_folder() const { return folder_ + "/points"; }
  /// Names, the oldest first.
  Result<std::vector<std::string>> point_names() const;
  Result<std::string> read_point(const std::string& name) const;
  /// Everything added is flushed before. Errors: already_exists.
  Result<void> write_point(const std::string& name, std::string_view content);
  Result<void> remove_point(const std::string& name);

  // Pack by pack, for those who check or collect.
  struct Pack {
    std::string name;
    bool is_readable = true;  ///< something of it
    bool is_gone = false;     ///< removed since the opening
  };
  const std::vector<Pack>& packs() const { return packs_; }
  std::string path_of(std::size_t pack) const { return folder_ + "/packs/" + packs_[pack].name; }
  store::FileSystem& files() const { return files_; }
  /// Removes packs of which nothing is in `used`, and writes those anew of which little is. Answers the bytes freed.
  Result<std::uint64_t> collect(const std::unordered_set<std::string>& used);
  /// Takes a damaged pack out of use: its `good` records are written anew.
  Result<void> salvage(std::size_t pack, const std::vector<RecordPlace>& good);

 private:
  struct Place {
    std::uint32_t pack = 0;
    std::uint64_t offset = 0, length = 0;
  };
  struct DigestHash {
    std::size_t operator()(const Digest& d) const { return std::hash<std::string_view>()(store::view(d)); }
  };

  Archive(store::FileSystem& files, std::string folder) : files_(files), folder_(std::move(folder)) {}
  Result<void> check_format();
  Result<void> make_folders();
  Result<void> load();
  const Place* find(const Digest& digest) const;
  Result<std::shared_ptr<store::File>> open_pack(std::uint32_t pack) const;
  Result<void> copy(std::size_t pack, const RecordPlace& record);
  Result<void> remove_pack(std::size_t pack);

  store::FileSystem& files_;
  const std::string folder_;
  std::unique_ptr<store::File> lock_;
  std::vector<Pack> packs_;
  std::unordered_map<Digest, Place, DigestHash> places_;
  std::unordered_set<Digest, DigestHash> pending_;  ///< in the pack being written
  std::unique_ptr<PackWriter> writer_;
  Digest begun_{};
  std::unordered_set<std::uint32_t> renewed_;  ///< packs that were damaged, and written as they were
  bool has_new_names_ = false;                 ///< packs that are not on disk yet by their names
  std::uint64_t written_ = 0;
  mutable std::unordered_map<std::uint32_t, std::shared_ptr<store::File>> open_;
};

}  // namespace posthorn::backup
