// A file of a backup that holds records: immutable, and checked by reading it again before it gets its name.
//
// A record is any bytes, known by their SHA-256: the body of a message, a list of placements, rows (account_record.h).
//
// Format (numbers big-endian):
//   pack   := magic(8) version(2) zeros(6) record* index footer
//   record := magic(4) length(8) sha256(32) crc32c(4, of length and sha256) bytes(length)
//   index  := (sha256(32) offset(8, of the bytes) length(8))*
//   footer := records(8) index_offset(8) crc32c(4, of index, records and index_offset) magic(8)
//
// Its name is the SHA-256 of the whole file in hexadecimal and `.pack`, so that `sha256sum` alone can check it. Where
// index and footer cannot be read, the records are found one behind the other.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "codec/digest.h"
#include "store/store.h"

namespace posthorn::backup {

using store::Digest;
using store::get_digest;
using store::to_digest;

/// Digest of the bytes.
Digest digest_of(std::string_view bytes);

struct RecordPlace {
  Digest digest{};
  std::uint64_t offset = 0;  ///< of its bytes in the pack
  std::uint64_t length = 0;
};

/// The file of a pack while it is written, in `folder`; there is one at a time.
inline constexpr std::string_view kUnfinishedPack = "unfinished";
inline constexpr std::string_view kPackEnding = ".pack";

using PieceVisitor = std::function<Result<void>(std::string_view piece)>;

/// Writes one pack. Threads: one.
class PackWriter {
 public:
  /// Errors: full_disk, io.
  static Result<std::unique_ptr<PackWriter>> begin(store::FileSystem& files, const std::string& folder);

  /// A record of `length` bytes that come by append(). One at a time.
  Result<void> begin_record(const Digest& digest, std::uint64_t length);
  Result<void> append(std::string_view bytes);
  /// False: the bytes are not those of the digest, or not as many; the record is taken back.
  Result<bool> end_record();
  /// Takes back the record that was begun.
  void drop_record();

  std::uint64_t size() const { return at_ + pending_.size(); }
  const std::vector<RecordPlace>& records() const { return records_; }

  /// Writes the end, brings all to disk, reads every byte again, and gives the pack its name, which is answered; the
  /// name is on disk once the folder is synced. Errors: damaged where other bytes were read than written.
  Result<std::string> finish();

 private:
  PackWriter(store::FileSystem& files, std::string folder, std::unique_ptr<store::File> file);
  Result<void> write_out();

  store::FileSystem& files_;
  const std::string folder_;
  const std::unique_ptr<store::File> file_;
  std::string pending_;
  std::uint64_t at_ = 0;      ///< bytes written
  std::uint64_t synced_ = 0;  ///< of them brought to disk
  std::vector<RecordPlace> records_;
  std::uint64_t record_at_ = 0;  ///< where the one begins that is being written
  RecordPlace record_;
  std::uint64_t left_ = 0;  ///< bytes of it to come
  std::unique_ptr<codec::Digest> digest_;
};

/// What is in a pack, by its index, or, where that is damaged, record by record. Errors: io; damaged where it is no
/// pack; not_supported for one of a later version.
Result<std::vector<RecordPlace>> read_index(const store::File& pack);

/// The bytes of a record in pieces; errors of `visit` end it. Errors: damaged (after the pieces), io.
Result<void> read_record(const store::File& pack, const RecordPlace& place, const PieceVisitor& visit);

/// Reads a pack whole. `is_good`: every byte is as it was written; else `broken` has the records that are not.
struct PackCheck {
  bool is_good = false;
  std::vector<RecordPlace> good, broken;
};
Result<PackCheck> check_pack(store::FileSystem& files, const std::string& path, std::string_view name);

}  // namespace posthorn::backup
