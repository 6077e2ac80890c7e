#include "backup/pack.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/text.h"
#include "codec/crc32c.h"

namespace posthorn::backup {
namespace {

constexpr std::string_view kMagic = "PHBACKPK";
constexpr std::string_view kRecordMagic = "PHRC";
constexpr std::uint16_t kVersion = 1;
constexpr std::size_t kHeader = 16;
constexpr std::size_t kRecordHeader = 4 + 8 + 32 + 4;
constexpr std::size_t kIndexRow = 32 + 8 + 8;
constexpr std::size_t kFooter = 8 + 8 + 4 + 8;
constexpr std::size_t kPiece = 1 << 20;
/// Little by little, so that others who flush to the same disk need not wait for it.
constexpr std::uint64_t kSyncEvery = 8 << 20;

std::string record_header(const RecordPlace& record) {
  std::string out(kRecordMagic);
  std::string covered;
  put_u64(covered, record.length);
  covered += store::view(record.digest);
  out += covered;
  put_u32(out, codec::crc32c(covered));
  return out;
}

/// nullopt where there is none.
std::optional<RecordPlace> read_record_header(std::string_view bytes, std::uint64_t at) {
  ByteReader in(bytes);
  if (in.bytes(kRecordMagic.size()) != kRecordMagic) return std::nullopt;
  const auto covered = in.rest().substr(0, 8 + 32);
  RecordPlace record{.offset = at + kRecordHeader, .length = in.u64()};
  const auto digest = in.bytes(32);
  if (!in.ok() || codec::crc32c(covered) != in.u32() || !in.ok()) return std::nullopt;
  record.digest = to_digest(digest);
  return record;
}

Result<std::string> read_exactly(const store::File& file, std::uint64_t at, std::uint64_t n) {
  std::string bytes(n, '\0');
  const auto got = file.read_at(at, bytes.data(), n, store::Wait::disk);
  if (!got) return fail(got);
  bytes.resize(*got);
  return bytes;
}

Result<void> check_header(const store::File& file) {
  const auto bytes = read_exactly(file, 0, kHeader);
  if (!bytes) return fail(bytes);
  ByteReader in(*bytes);
  if (in.bytes(kMagic.size()) != kMagic) return fail(Code::damaged, "its beginning is damaged");
  if (const auto version = in.u16(); version != kVersion)
    return fail(Code::not_supported, fmt::format("it is of version {}; this program knows {}", version, kVersion));
  return {};
}

/// nullopt where index or footer are damaged.
Result<std::optional<std::vector<RecordPlace>>> read_written_index(const store::File& file, std::uint64_t size) {
  if (size < kHeader + kFooter) return std::nullopt;
  const auto footer = read_exactly(file, size - kFooter, kFooter);
  if (!footer) return fail(footer);
  ByteReader in(*footer);
  const auto count = in.u64(), index_at = in.u64();
  const auto crc = in.u32();
  if (!in.ok() || in.rest() != kMagic || index_at > size || count > size / kIndexRow ||
      index_at + count * kIndexRow + kFooter != size)
    return std::nullopt;
  const auto index = read_exactly(file, index_at, count * kIndexRow);
  if (!index) return fail(index);
  if (codec::crc32c(std::string_view(*footer).substr(0, 16), codec::crc32c(*index)) != crc) return std::nullopt;
  std::vector<RecordPlace> records;
  records.reserve(count);
  ByteReader rows(*index);
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto digest = rows.bytes(32);
    if (!rows.ok()) return std::nullopt;
    const auto offset = rows.u64();
    records.push_back({to_digest(digest), offset, rows.u64()});
  }
  return records;
}

/// Where the next record begins, from `at` on; the file's end where there is none.
Result<std::uint64_t> find_record(const store::File& file, std::uint64_t at, std::uint64_t size) {
  while (at + kRecordHeader <= size) {
    const auto bytes = read_exactly(file, at, std::min<std::uint64_t>(kPiece + kRecordHeader, size - at));
    if (!bytes) return fail(bytes);
    for (auto i = bytes->find(kRecordMagic); i != std::string::npos; i = bytes->find(kRecordMagic, i + 1))
      if (read_record_header(std::string_view(*bytes).substr(i), at + i)) return at + i;
    at += kPiece;
  }
  return size;
}

Result<std::vector<RecordPlace>> walk_records(const store::File& file, std::uint64_t size) {
  std::vector<RecordPlace> records;
  std::uint64_t at = kHeader;
  while (true) {
    const auto next = find_record(file, at, size);
    if (!next) return fail(next);
    if (*next >= size) return records;
    const auto header = read_exactly(file, *next, kRecordHeader);
    if (!header) return fail(header);
    const auto record = read_record_header(*header, *next);
    if (!record || record->length > size - *next) {
      at = *next + 1;
      continue;
    }
    records.push_back(*record);
    at = record->offset + record->length;
  }
}

/// SHA-256 of the whole file.
Result<std::string> whole_digest(const store::File& file) {
  codec::Digest digest(codec::Hash::sha256);
  for (std::uint64_t at = 0;;) {
    const auto piece = read_exactly(file, at, kPiece);
    if (!piece) return fail(piece);
    digest.update(*piece);
    at += piece->size();
    if (piece->size() < kPiece) return digest.finish();
  }
}

Result<bool> is_whole(const store::File& file, const RecordPlace& record) {
  const auto read = read_record(file, record, [](std::string_view) { return Result<void>(); });
  if (!read && read.error().code != Code::damaged) return fail(read);
  return read.has_value();
}

}  // namespace

Digest digest_of(std::string_view bytes) { return to_digest(codec::sha256(bytes)); }

PackWriter::PackWriter(store::FileSystem& files, std::string folder, std::unique_ptr<store::File> file)
    : files_(files), folder_(std::move(folder)), file_(std::move(file)) {
  pending_ = kMagic;
  put_u16(pending_, kVersion);
  pending_.resize(kHeader, '\0');
}

Result<std::unique_ptr<PackWriter>> PackWriter::begin(store::FileSystem& files, const std::string& folder) {
  auto file = files.open(folder + "/" + std::string(kUnfinishedPack), store::Open::renew);
  if (!file) return fail(file);
  return std::unique_ptr<PackWriter>(new PackWriter(files, folder, std::move(*file)));
}

Result<void> PackWriter::write_out() {
  if (auto done = file_->write_at(at_, pending_); !done) return done;
  at_ += pending_.size();
  pending_.clear();
  if (at_ - synced_ < kSyncEvery) return {};
  synced_ = at_;
  return file_->sync();
}

Result<void> PackWriter::begin_record(const Digest& digest, std::uint64_t length) {
  if (auto done = write_out(); !done) return done;
  record_at_ = at_;
  record_ = {.digest = digest, .offset = at_ + kRecordHeader, .length = length};
  left_ = length;
  digest_ = std::make_unique<codec::Digest>(codec::Hash::sha256);
  pending_ = record_header(record_);
  return {};
}

Result<void> PackWriter::append(std::string_view bytes) {
  if (bytes.size() > left_) {
    left_ = UINT64_MAX;  // never right again
    return {};
  }
  left_ -= bytes.size();
  digest_->update(bytes);
  pending_ += bytes;
  return pending_.size() < kPiece ? Result<void>() : write_out();
}

Result<bool> PackWriter::end_record() {
  const bool is_good = left_ == 0 && digest_->finish() == store::view(record_.digest);
  if (is_good)
    records_.push_back(record_);
  else
    drop_record();
  return is_good;
}

void PackWriter::drop_record() {
  pending_.clear();
  at_ = record_at_;
}

Result<std::string> PackWriter::finish() {
  std::string index;
  for (const auto& record : records_) {
    index += store::view(record.digest);
    put_u64(index, record.offset);
    put_u64(index, record.length);
  }
  if (auto done = write_out(); !done) return fail(done);
  std::string footer;
  put_u64(footer, records_.size());
  put_u64(footer, at_);
  put_u32(footer, codec::crc32c(footer, codec::crc32c(index)));
  footer += kMagic;
  pending_ = index + footer;
  if (auto done = write_out(); !done) return fail(done);
  // A record that was taken back may have been longer than what came behind it.
  if (auto done = file_->truncate(at_); !done) return fail(done);
  if (auto done = file_->sync(); !done) return fail(done);
  file_->forget();
  for (const auto& record : records_) {
    const auto good = is_whole(*file_, record);
    if (!good) return fail(good);
    if (!*good) return fail(Code::damaged, "what was written to " + folder_ + " reads differently");
  }
  const auto reread = read_written_index(*file_, at_);
  if (!reread) return fail(reread);
  if (!*reread) return fail(Code::damaged, "what was written to " + folder_ + " reads differently");
  const auto digest = whole_digest(*file_);
  if (!digest) return fail(digest);
  file_->forget();
  auto name = to_hex(*digest) + std::string(kPackEnding);
  if (auto done = files_.rename(folder_ + "/" + std::string(kUnfinishedPack), folder_ + "/" + name); !done)
    return fail(done);
  return name;
}

Result<std::vector<RecordPlace>> read_index(const store::File& pack) {
  const auto size = pack.size();
  if (!size) return fail(size);
  const auto header = check_header(pack);
  if (!header && header.error().code != Code::damaged) return fail(header);
  const auto index = read_written_index(pack, *size);
  if (!index) return fail(index);
  if (*index) return **index;
  return walk_records(pack, *size);
}

Result<void> read_record(const store::File& pack, const RecordPlace& place, const PieceVisitor& visit) {
  codec::Digest digest(codec::Hash::sha256);
  for (std::uint64_t done = 0; done < place.length;) {
    const auto piece = read_exactly(pack, place.offset + done, std::min<std::uint64_t>(kPiece, place.length - done));
    if (!piece) return fail(piece);
    if (piece->empty()) break;
    digest.update(*piece);
    done += piece->size();
    if (auto taken = visit(*piece); !taken) return taken;
  }
  if (digest.finish() == store::view(place.digest)) return {};
  return fail(Code::damaged, "a record does not match its digest");
}

Result<PackCheck> check_pack(store::FileSystem& files, const std::string& path, std::string_view name) {
  const auto file = files.open(path, store::Open::read);
  if (!file) return fail(file);
  (*file)->forget();
  PackCheck check;
  const auto digest = whole_digest(**file);
  if (!digest && digest.error().code != Code::io) return fail(digest);
  const auto index = read_index(**file);
  if (!index && index.error().code == Code::not_supported) return fail(index);
  check.is_good = digest && index && to_hex(*digest) + std::string(kPackEnding) == name;
  if (!index) return check;
  if (check.is_good) {
    check.good = *index;
    return check;
  }
  for (const auto& record : *index) {
    const auto good = is_whole(**file, record);
    (good && *good ? check.good : check.broken).push_back(record);
  }
  return check;
}

}  // namespace posthorn::backup
