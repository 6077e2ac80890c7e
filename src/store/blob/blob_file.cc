#include "store/blob/blob_file.h"

#include <fmt/format.h>

#include <cstring>

#include "base/bytes.h"
#include "codec/crc32c.h"

namespace posthorn::store {
namespace {

constexpr std::string_view kMagic = "PHBLOBFL";
constexpr std::uint16_t kVersion = 1;
constexpr std::size_t kHeaderSize = 8 + 2 + 1 + 1 + 8 + 4;
constexpr std::size_t kIndexRow = 8 + 4 + 1 + 4;
constexpr std::size_t kFooterSize = 8 + 4 + 8 + 32 + 4 + 8;
constexpr std::uint8_t kRaw = 0;

struct FrameRow {
  std::uint64_t offset = 0;
  std::uint32_t stored = 0;
  std::uint8_t codec = kRaw;
  std::uint32_t crc = 0;
};

std::string header() {
  std::string out(kMagic);
  put_u16(out, kVersion);
  put_u8(out, kRaw);
  put_u8(out, 0);
  put_u64(out, 0);
  put_u32(out, kBlobFrameSize);
  return out;
}

class BlobFileWriter final : public BlobWriter {
 public:
  BlobFileWriter(FileSystem& files, std::string folder, std::uint64_t id, std::unique_ptr<File> file)
      : files_(files), folder_(std::move(folder)), id_(id), file_(std::move(file)) {}
  ~BlobFileWriter() override {
    if (!finished_) (void)files_.remove(blob_file_path(folder_, id_));
  }
  BlobFileWriter(const BlobFileWriter&) = delete;
  BlobFileWriter& operator=(const BlobFileWriter&) = delete;

  Result<void> append(std::string_view bytes) override {
    while (!bytes.empty()) {
      const auto piece = bytes.substr(0, kBlobFrameSize - pending_.size());
      pending_ += piece;
      bytes.remove_prefix(piece.size());
      if (pending_.size() == kBlobFrameSize)
        if (auto done = write_frame(); !done) return done;
    }
    return {};
  }

  Result<StagedBlob> finish(const Digest& digest) override {
    if (!pending_.empty())
      if (auto done = write_frame(); !done) return fail(done);
    std::string tail;
    for (const auto& row : rows_) {
      put_u64(tail, row.offset);
      put_u32(tail, row.stored);
      put_u8(tail, row.codec);
      put_u32(tail, row.crc);
    }
    put_u64(tail, size_);
    put_u32(tail, static_cast<std::uint32_t>(rows_.size()));
    put_u64(tail, at_);
    tail += view(digest);
    const auto footer = std::string_view(tail).substr(rows_.size() * kIndexRow);
    put_u32(tail, codec::crc32c(footer, codec::crc32c(header())));
    tail += kMagic;
    if (auto done = file_->write_at(at_, tail); !done) return fail(done);
    if (auto done = file_->sync(); !done) return fail(done);
    if (auto done = files_.sync_folder(blob_file_folder(folder_, id_)); !done) return fail(done);
    finished_ = true;
    return StagedBlob{id_, size_};
  }

 private:
  Result<void> write_frame() {
    rows_.push_back({at_, static_cast<std::uint32_t>(pending_.size()), kRaw, codec::crc32c(pending_)});
    if (auto done = file_->write_at(at_, pending_); !done) return done;
    at_ += pending_.size();
    size_ += pending_.size();
    pending_.clear();
    return {};
  }

  FileSystem& files_;
  const std::string folder_;
  const std::uint64_t id_;
  std::unique_ptr<File> file_;
  std::string pending_;
  std::vector<FrameRow> rows_;
  std::uint64_t at_ = kHeaderSize;
  std::uint64_t size_ = 0;
  bool finished_ = false;
};

Result<std::string> read_exactly(const File& file, std::uint64_t offset, std::size_t n, Wait wait) {
  std::string bytes(n, '\0');
  const auto got = file.read_at(offset, bytes.data(), n, wait);
  if (!got) return fail(got);
  if (*got != n) return fail(Code::damaged, "a blob file is too short");
  return bytes;
}

struct Footer {
  std::uint64_t size = 0;
  std::uint32_t frames = 0;
  std::uint64_t index_offset = 0;
};

Result<Footer> read_footer(const File& file, std::uint64_t file_size, const Digest& digest, Wait wait) {
  if (file_size < kHeaderSize + kFooterSize) return fail(Code::damaged, "a blob file is too short");
  const auto head = read_exactly(file, 0, kHeaderSize, wait);
  if (!head) return fail(head);
  const auto bytes = read_exactly(file, file_size - kFooterSize, kFooterSize, wait);
  if (!bytes) return fail(bytes);
  ByteReader in(*bytes);
  const Footer footer{.size = in.u64(), .frames = in.u32(), .index_offset = in.u64()};
  const auto named = in.bytes(digest.size());
  const auto covered = std::string_view(*bytes).substr(0, bytes->size() - in.rest().size());
  const auto crc = in.u32();
  if (!bytes->ends_with(kMagic) || codec::crc32c(covered, codec::crc32c(*head)) != crc ||
      footer.index_offset + std::uint64_t{footer.frames} * kIndexRow + kFooterSize != file_size)
    return fail(Code::damaged, "the footer of a blob file is damaged");
  if (named != view(digest)) return fail(Code::damaged, "a blob file holds another body");
  ByteReader header_in(std::string_view(*head).substr(kMagic.size()));
  if (const auto version = header_in.u16(); version != kVersion)
    return fail(Code::not_supported,
                fmt::format("a blob file of version {}; this program knows {}", version, kVersion));
  return footer;
}

Result<std::string> read_frame(const File& file, const Footer& footer, std::uint64_t n, Wait wait) {
  const auto row_bytes = read_exactly(file, footer.index_offset + n * kIndexRow, kIndexRow, wait);
  if (!row_bytes) return fail(row_bytes);
  ByteReader in(*row_bytes);
  const FrameRow row{.offset = in.u64(), .stored = in.u32(), .codec = in.u8(), .crc = in.u32()};
  if (row.stored > kBlobFrameSize || row.codec != kRaw) return fail(Code::damaged, "a blob file's index is damaged");
  auto bytes = read_exactly(file, row.offset, row.stored, wait);
  if (!bytes) return fail(bytes);
  if (codec::crc32c(*bytes) != row.crc) return fail(Code::damaged, "a frame of a blob file is damaged");
  return bytes;
}

}  // namespace

std::string blob_file_folder(const std::string& folder, std::uint64_t file_id) {
  return fmt::format("{}/{:013x}", folder, file_id >> 12);
}

std::string blob_file_path(const std::string& folder, std::uint64_t file_id) {
  return fmt::format("{}/{:016x}.blob", blob_file_folder(folder, file_id), file_id);
}

Result<void> BlobFolders::need(std::uint64_t file_id) {
  const auto own = blob_file_folder(folder_, file_id);
  const std::lock_guard lock(mutex_);
  if (durable_.contains(own)) return {};
  if (auto done = files_.make_folder(own); !done) return done;
  if (auto done = files_.sync_folder(folder_); !done) return done;
  durable_.insert(own);
  return {};
}

Result<std::unique_ptr<BlobWriter>> write_blob_file(FileSystem& files, const std::string& folder,
                                                    std::uint64_t file_id) {
  auto file = files.open(blob_file_path(folder, file_id), Open::create);
  if (!file) return fail(file);
  File& begun = **file;
  auto writer = std::make_unique<BlobFileWriter>(files, folder, file_id, std::move(*file));
  if (auto done = begun.write_at(0, header()); !done) return fail(done);
  return writer;
}

Result<std::string> read_blob_file(FileSystem& files, const std::string& folder, std::uint64_t file_id,
                                   const Digest& digest, std::uint64_t offset, std::uint64_t length, Wait wait) {
  const auto file = files.open(blob_file_path(folder, file_id), Open::read);
  if (!file) return fail(file);
  const auto file_size = (*file)->size();
  if (!file_size) return fail(file_size);
  const auto footer = read_footer(**file, *file_size, digest, wait);
  if (!footer) return fail(footer);
  std::string out;
  if (offset >= footer->size) return out;
  const std::uint64_t end = std::min(footer->size, length > footer->size - offset ? footer->size : offset + length);
  for (std::uint64_t n = offset / kBlobFrameSize; n * kBlobFrameSize < end; ++n) {
    const auto frame = read_frame(**file, *footer, n, wait);
    if (!frame) return fail(frame);
    const std::uint64_t start = n * kBlobFrameSize;
    const std::uint64_t from = offset > start ? offset - start : 0;
    out += std::string_view(*frame).substr(from, end - start - from);
  }
  return out;
}

}  // namespace posthorn::store
